package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.Verb;
import io.procpool.payload.Payload;
import io.procpool.service.Service;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a service keeps has an end, and so has the service. */
class GoneTest {
    private static final int MOST_RESULTS = 100_000;

    private Service service;
    private OwnPool pool;

    @BeforeEach
    void start() {
        service =
                Service.start(
                        "--procpool.pools.default.processes=1",
                        "--procpool.pools.default.grace=60");
        pool = OwnPool.of(service, "{\"processes\":1}");
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void the_oldest_results_make_room_and_are_410_from_then_on() {
        var first = pool.submit("apply", "{\"func\":\"tasks.add\",\"args\":[1]}");
        service.await(first);
        var second = pool.submit("apply", "{\"func\":\"tasks.add\",\"args\":[2]}");
        service.await(second);
        var store = service.bean(JobStore.class);
        for (int job = 2; job <= MOST_RESULTS; job++) {
            var id = new UUID(0x0190_0000_0000_7000L, Long.MIN_VALUE + job);
            store.accept(record(id, new JobState.Pending()));
            store.finish(record(id, ended()));
        }
        for (var path : new String[] {"", "/value", "/ready", "/successful", "/wait"}) {
            problem(service.get(first + path), 410, "result-gone");
        }
        problem(service.post(first + "/cancel", ""), 410, "result-gone");
        problem(service.delete(first), 410, "result-gone");
        assertThat(service.get(second + "/value").asString()).isEqualTo("3");
    }

    private static JobState ended() {
        var now = Instant.EPOCH;
        return new JobState.Succeeded(now, now, Payload.ofUtf8("1"), List.of());
    }

    private static JobRecord record(UUID id, JobState state) {
        return new JobRecord(
                id,
                "filler",
                Verb.APPLY,
                "tasks.add",
                false,
                true,
                Instant.EPOCH,
                state,
                1,
                1,
                List.of(),
                1);
    }

    @Test
    void a_service_that_shuts_down_takes_no_work_and_answers_those_who_wait()
            throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var waiting = Later.request(() -> service.post("/v1/pools/default/apply", gate.call()));
            until(
                    "the call runs",
                    () -> service.get("/v1/results?state=running").asString().contains("wait_for"));
            var closing = Thread.ofPlatform().start(service::close);
            until(
                    "new work is refused",
                    () ->
                            service.post(
                                                    "/v1/pools/default/apply_async",
                                                    "{\"func\":\"tasks.pid\"}")
                                            .statusCode()
                                    == 503);
            for (var verb : new String[] {"apply", "apply_async"}) {
                var answer = service.post("/v1/pools/default/" + verb, "{\"func\":\"tasks.pid\"}");
                problem(answer, 503, "draining");
                assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
            }
            problem(service.put("/v1/pools/late", "{}"), 503, "draining");
            gate.open();
            assertThat(waiting.join().asString()).isEqualTo("\"open\"");
            closing.join();
        }
    }
}
