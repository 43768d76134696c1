package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 409: right in itself, but not in this state. */
class ConflictsTest {
    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(strings = {"close", "terminate"})
    void a_pool_that_is_closed_or_terminated_takes_no_work(String end) {
        try (var pool = OwnPool.ofProcesses(1)) {
            service.post(pool.path() + "/" + end, "").then().statusCode(204);
            for (var verb : new String[] {"apply", "apply_async"}) {
                var problem =
                        refused(
                                service,
                                () -> pool.post(verb, "{\"func\":\"tasks.pid\"}"),
                                409,
                                "pool-not-running");
                assertThat(problem.get("pool").asString()).isEqualTo(pool.name());
                assertThat(problem.get("state").asString()).isEqualTo(end.toUpperCase(Locale.ROOT));
            }
            for (var verb : new String[] {"map", "map_async", "starmap", "starmap_async"}) {
                refused(
                        service,
                        () -> pool.post(verb, "{\"func\":\"tasks.pid\",\"iterable\":[]}"),
                        409,
                        "pool-not-running");
            }
        }
    }

    @Test
    void join_before_close_is_refused() {
        try (var pool = OwnPool.ofProcesses(1)) {
            problem(service.post(pool.path() + "/join?timeout=0", ""), 409, "pool-still-running");
        }
    }

    @Test
    void the_default_pool_can_not_be_deleted() {
        problem(service.delete("/v1/pools/default"), 409, "pool-permanent");
        assertThat(
                        service.post(
                                        "/v1/pools/default/apply",
                                        "{\"func\":\"tasks.add\",\"args\":[1]}")
                                .asString())
                .isEqualTo("2");
    }

    @Test
    void what_is_not_ready_can_not_be_forgotten_and_was_not_yet_successful()
            throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            var running = gate.occupy(pool);
            var pending = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
            for (var result : new String[] {running, pending}) {
                problem(service.delete(result), 409, "not-ready");
                problem(service.get(result + "/successful"), 409, "not-ready");
            }
            gate.open();
            Stream.of(running, pending)
                    .forEach(
                            result -> {
                                service.await(result);
                                assertThat(service.get(result + "/successful").asString())
                                        .isEqualTo("true");
                                service.delete(result).then().statusCode(204);
                                problem(service.get(result), 404, "result-unknown");
                            });
        }
    }

    @Test
    void a_closed_pool_can_not_be_specified_anew_before_it_has_ended()
            throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            gate.occupy(pool);
            service.post(pool.path() + "/close", "").then().statusCode(204);
            problem(service.put(pool.path(), "{\"processes\":2}"), 409, "pool-not-running");
            gate.open();
            service.post(pool.path() + "/join", "").then().statusCode(204);
            service.put(pool.path(), "{\"processes\":2}").then().statusCode(201);
        }
    }
}
