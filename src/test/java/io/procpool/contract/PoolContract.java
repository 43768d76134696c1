package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pools whose workers can't begin. F30, F31. */
interface PoolContract extends Contract {
    private ContractPool broken(String initializer, String initargs) {
        return pool(
                1,
                ",\"start_timeout\":2,\"initializer\":\"%s\",\"initargs\":%s"
                        .formatted(subject().functions().apply(initializer), initargs));
    }

    private static void awaitCause(ContractPool pool, String cause) throws InterruptedException {
        Waiting.until(
                "it is degraded because of " + cause,
                () -> {
                    var health = pool.state().path("health");
                    return health.path("status").asString().equals("degraded")
                            && health.path("cause").asString().contains(cause);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks.broken_initializer | [\"no licence\"] | no licence",
                "faults.crash | [\"7\"] | status 7",
                "tasks.nosuch | [] | osuch"
            })
    default void a_pool_whose_initializer_fails_says_so_and_works_when_it_is_mended(
            String initializer, String initargs, String cause) throws Exception {
        try (var pool = broken(initializer, initargs)) {
            var accepted = pool.submit("apply", pool.call("tasks.add", "[1]", ""));
            awaitCause(pool, cause);
            pool.patch("{\"initializer\":null,\"initargs\":null,\"start_timeout\":30}");
            assertThat(pool.await(accepted).path("state").asString()).isEqualTo("succeeded");
            pool.requireWorks();
            assertThat(pool.state().path("health").path("status").asString()).isEqualTo("ok");
        }
    }

    @Test
    default void sync_calls_do_not_wait_for_ever_for_a_pool_that_cannot_begin() throws Exception {
        try (var pool = broken("tasks.broken_initializer", "[\"no licence\"]")) {
            var refused = pool.post("apply", pool.call("tasks.add", "[1]", ""));
            assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotNull();
            assertThat(refused.asString()).contains(ContractPool.PROBLEM + "pool-degraded");
            awaitCause(pool, "no licence");
        }
    }

    @Test
    default void a_pool_tells_what_its_workers_are() {
        shared().requireWorks();
        var state = shared().state();
        assertThat(subject().spec()).contains("\"runtime\":" + state.path("runtime"));
        assertThat(state.path("runtime_version").asString()).isNotEmpty();
        assertThat(state.path("start_method_in_use").asString()).isNotEmpty();
        assertThat(state.path("health").path("status").asString()).isEqualTo("ok");
    }
}
