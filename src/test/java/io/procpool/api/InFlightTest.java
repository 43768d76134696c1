package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The bodies of unfinished jobs take no more than their share of the memory. */
class InFlightTest {
    private static final int MIB = 1 << 20;
    private static final long LIMIT =
            (long) (Runtime.getRuntime().maxMemory() * LimitedService.IN_FLIGHT);
    private static final String BODY =
            "{\"func\":\"there.same\",\"args\":[\"" + "x".repeat(16 * MIB) + "\"]}";

    private final Service service = LimitedService.get();

    @Test
    void bodies_beyond_their_share_of_the_memory_are_refused_until_jobs_have_ended()
            throws IOException, InterruptedException {
        Files.writeString(
                LimitedService.functions().resolve("sleepy.py"),
                "import time\n\n\ndef sleep():\n    time.sleep(3600)\n");
        try (var pool = OwnPool.of(service, "{\"processes\":1,\"grace\":0.1}")) {
            var blocking = pool.submit("apply", "{\"func\":\"sleepy.sleep\"}");
            var waiting = new ArrayList<CompletableFuture<Response>>();
            for (int call = 0; call <= LIMIT / (16 * MIB); call++) { // together beyond the limit
                waiting.add(Later.request(() -> pool.post("apply", BODY)));
            }
            Waiting.until("one is refused", () -> waiting.stream().anyMatch(Future::isDone));
            service.post(blocking + "/cancel", "").then().statusCode(202);
            var answers = waiting.stream().map(CompletableFuture::join).toList();
            for (var answer : answers) {
                if (answer.statusCode() != 200) {
                    var limit = problem(answer, 503, "overloaded").get("limit").asLong();
                    assertThat(limit).isEqualTo(LIMIT);
                    assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
                }
            }
            assertThat(answers).filteredOn(answer -> answer.statusCode() == 503).isNotEmpty();
            assertThat(answers).filteredOn(answer -> answer.statusCode() == 200).isNotEmpty();
        }
    }

    @Test
    void accepted_bodies_wait_in_the_store_when_their_share_of_the_memory_is_taken()
            throws IOException {
        Files.writeString(
                LimitedService.functions().resolve("sleepy.py"),
                "import time\n\n\ndef sleep():\n    time.sleep(3600)\n");
        try (var pool = OwnPool.of(service, "{\"processes\":1,\"grace\":0.1}")) {
            var blocking = pool.submit("apply", "{\"func\":\"sleepy.sleep\"}");
            var accepted = new ArrayList<String>();
            for (int job = 0; job < 2 * LIMIT / (16 * MIB); job++) {
                accepted.add(pool.submit("apply", BODY));
            }
            service.post("/v1/pools/default/apply", BODY).then().statusCode(200);
            service.post(accepted.removeLast() + "/cancel", "").then().statusCode(202);
            service.post(blocking + "/cancel", "").then().statusCode(202);
            for (var result : accepted) {
                assertThat(service.await(result).get("state").asString()).isEqualTo("succeeded");
            }
        }
    }

    @Test
    void what_is_refused_gives_its_memory_back() {
        for (int i = 0; i <= LIMIT / (16 * MIB) + 1; i++) { // together beyond the limit
            problem(
                    service.post(
                            "/v1/pools/default/apply", BODY.replace("there.same", "there.none")),
                    404,
                    "function-unknown");
        }
        service.post("/v1/pools/default/apply", BODY).then().statusCode(200);
    }
}
