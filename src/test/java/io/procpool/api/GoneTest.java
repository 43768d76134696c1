package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a service keeps has an end, and so has the service. */
class GoneTest {
    private Service service;

    @BeforeEach
    void start() {
        service =
                Service.start(
                        "--procpool.pools.default.processes=1",
                        "--procpool.pools.default.grace=60");
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void a_result_whose_time_is_over_is_410_from_then_on() throws InterruptedException {
        try (var brief = Service.start("--procpool.store.result-ttl=1");
                var own = OwnPool.of(brief, "{\"processes\":1}")) {
            var result = own.submit("apply", "{\"func\":\"tasks.add\",\"args\":[1]}");
            until("its time is over", () -> brief.get(result).statusCode() == 410);
            for (var path :
                    new String[] {"", "/value", "/ready", "/successful", "/wait", "/stream"}) {
                problem(brief.get(result + path), 410, "result-gone");
            }
            problem(brief.post(result + "/cancel", ""), 410, "result-gone");
            problem(brief.delete(result), 410, "result-gone");
            assertThat(brief.get("/v1/results?pool=" + own.name()).jsonPath().getList("results"))
                    .isEmpty();
        }
    }

    @Test
    void an_id_that_the_client_had_chosen_is_not_free_again_when_its_time_is_over()
            throws InterruptedException {
        try (var brief = Service.start("--procpool.store.result-ttl=1")) {
            var path = "/v1/results/" + UUID.randomUUID();
            var body = "{\"pool\":\"default\",\"verb\":\"apply\",\"func\":\"tasks.pid\"}";
            brief.put(path, body).then().statusCode(202);
            until("its time is over", () -> brief.get(path).statusCode() == 410);
            problem(brief.put(path, body), 410, "result-gone");
            problem(brief.put(path, body.replace("pid", "add")), 410, "result-gone");
        }
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
