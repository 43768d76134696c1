package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Workers that do not come up. F30, F31. */
class BrokenStartTest {
    private static final String DEGRADED = "urn:procpool:problem:pool-degraded";

    /** F30, and the initializer that raises: for ever and ever in multiprocessing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks.broken_initializer | [\"no licence\"]  | RuntimeError: no licence",
                "faults.crash             | [\"7\"]           | exited with status 7",
                "faults.crash             | [\"kill\"]        | killed by signal 9",
                "tasks.nap                | [600]             | did not end within start_timeout",
                "tasks.nosuch             | []                | tasks.nosuch"
            })
    void a_pool_whose_initializer_fails_says_so_and_works_again_with_another_one(
            String initializer, String initargs, String cause) throws Exception {
        var broken =
                ", \"start_timeout\": 1, \"initializer\": \"%s\", \"initargs\": %s"
                        .formatted(initializer, initargs);
        try (var pool = FaultPool.of(1, broken)) {
            var accepted = pool.submit("tasks.add", "[1]");
            var answer = pool.apply("tasks.add", "[1]");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(FaultPool.json(answer).path("type").asString()).isEqualTo(DEGRADED);
            assertThat(FaultPool.json(answer).path("cause").asString()).contains(cause);
            assertThat(pool.health().path("status").asString()).isEqualTo("degraded");
            assertThat(pool.health().path("cause").asString()).contains(cause);
            assertThat(FaultPool.json(pool.get(accepted)).path("state").asString())
                    .isEqualTo("pending");

            assertThat(pool.put("{\"processes\": 1}").statusCode()).isEqualTo(200);
            assertThat(pool.await(accepted).path("state").asString()).isEqualTo("succeeded");
            pool.requireWorks();
            assertThat(pool.health().path("status").asString()).isEqualTo("ok");
        }
    }

    /** F31: 0.1 s, doubled each time, are ten tries in the first minute and two a minute later. */
    @Test
    void a_pool_whose_workers_always_die_at_the_start_tries_ever_more_rarely() throws Exception {
        try (var pool =
                FaultPool.of(4, ", \"initializer\": \"faults.crash\", \"initargs\": [\"7\"]")) {
            var accepted = pool.submit("tasks.add", "[1]");
            var pauses = new TreeMap<Integer, Double>();
            Waiting.until("six failures", () -> seen(pool.health(), pauses) >= 6);
            // At the n-th failure it is 0.1 s times 2 to the power of n - 1, and some of it has
            // passed.
            pauses.forEach(
                    (failures, pause) ->
                            assertThat(pause).isLessThanOrEqualTo(0.1 * Math.pow(2, failures - 1)));
            assertThat(pauses.lastEntry().getValue()).isGreaterThan(0.8);
            var state = pool.state();
            assertThat(state.path("workers_started").asInt())
                    .isLessThanOrEqualTo(state.path("health").path("failures").asInt() + 1);
            assertThat(FaultPool.json(pool.get(accepted)).path("state").asString())
                    .isEqualTo("pending");
        }
    }

    private static int seen(JsonNode health, Map<Integer, Double> pauses) {
        int failures = health.path("failures").asInt();
        pauses.merge(failures, health.path("next_try_in").asDouble(), Math::max);
        return failures;
    }

    /** F31: it comes up, and dies before it has done anything; over and over. */
    @Test
    void a_pool_whose_workers_die_right_after_the_start_does_not_spin() throws Exception {
        try (var pool = FaultPool.of(1, ", \"initializer\": \"faults.die_soon\"")) {
            Waiting.until("it is degraded", () -> pool.health().path("failures").asInt() >= 4);
            assertThat(pool.state().path("workers_started").asInt()).isLessThan(10);
        }
    }
}
