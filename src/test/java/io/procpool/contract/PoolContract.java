package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pools whose workers can't begin. F30, F31. */
interface PoolContract extends Contract {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks.broken_initializer | [\"no licence\"] | no licence",
                "faults.crash | [\"7\"] | 7",
                "tasks.nosuch | [] | osuch"
            })
    default void a_pool_whose_initializer_fails_says_so_and_sync_calls_do_not_wait_for_ever(
            String initializer, String initargs, String cause) throws Exception {
        var broken =
                ",\"start_timeout\":2,\"initializer\":\"%s\",\"initargs\":%s"
                        .formatted(subject().functions().apply(initializer), initargs);
        try (var pool = pool(1, broken)) {
            var accepted = pool.submit("apply", pool.call("tasks.add", "[1]", ""));
            Waiting.until(
                    "it says why",
                    () -> {
                        var health = pool.state().path("health");
                        return health.path("status").asString().equals("degraded")
                                && health.path("cause").asString().contains(cause);
                    });
            var refused = pool.post("apply", pool.call("tasks.add", "[1]", ""));
            assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotNull();
            assertThat(refused.asString()).contains(ContractPool.PROBLEM + "pool-degraded");
            var mended =
                    pool.service()
                            .request()
                            .contentType("application/merge-patch+json")
                            .body("{\"initializer\":null,\"initargs\":null,\"start_timeout\":30}")
                            .patch(pool.path());
            assertThat(mended.statusCode()).as(mended.asString()).isEqualTo(200);
            assertThat(pool.await(accepted).path("state").asString()).isEqualTo("succeeded");
            pool.requireWorks();
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
