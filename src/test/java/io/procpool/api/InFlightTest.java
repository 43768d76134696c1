package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
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
            throws IOException {
        Files.writeString(
                LimitedService.functions().resolve("sleepy.py"),
                "import time\n\n\ndef sleep():\n    time.sleep(3600)\n");
        try (var pool = OwnPool.of(service, "{\"processes\":1,\"grace\":0.1}")) {
            var blocking = pool.submit("apply", "{\"func\":\"sleepy.sleep\"}");
            var accepted = new ArrayList<String>();
            var answer = pool.post("apply_async", BODY);
            while (answer.statusCode() == 202) {
                accepted.add(answer.header("Location"));
                answer = pool.post("apply_async", BODY);
            }
            assertThat(accepted).isNotEmpty();
            var limit = problem(answer, 503, "overloaded").get("limit").asLong();
            assertThat(limit)
                    .isEqualTo(LIMIT)
                    .isBetween(accepted.size() * 16L * MIB, (accepted.size() + 1) * 17L * MIB);
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
            refused(service, () -> pool.apply(BODY), 503, "overloaded");

            service.post(accepted.getFirst() + "/cancel", "").then().statusCode(202);
            accepted.add(pool.submit("apply", BODY)); // there is room for one again
            service.post(blocking + "/cancel", "").then().statusCode(202);
            for (var result : accepted.subList(1, accepted.size())) {
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
