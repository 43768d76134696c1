package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real functions in real workers: the one that leaks is named with about its slope. */
class LeakFinderTest {
    private static final int MIB = 1 << 20;
    private static final String POOL = "leaks";

    private final Service service = Service.shared();
    private final Figures figures = Figures.of(service);

    private void run(String func, int times) {
        for (int call = 0; call < times; call++) {
            service.post(
                            "/v1/pools/" + POOL + "/apply",
                            "{\"func\":\"metrics_work." + func + "\",\"args\":[" + MIB + "]}")
                    .then()
                    .statusCode(200);
        }
    }

    private double growth(String func) {
        return figures.value(
                "procpool.worker.memory.growth.bytes.per.task",
                "pool",
                POOL,
                "function",
                "metrics_work." + func);
    }

    /** @param maxtasksperchild also workers that are gone after some tasks tell */
    @ParameterizedTest
    @ValueSource(strings = {"null", "20"})
    void a_function_that_keeps_a_mebibyte_a_call_is_named_and_a_clean_one_is_not(
            String maxtasksperchild) {
        service.pool(POOL, "{\"processes\":1,\"maxtasksperchild\":" + maxtasksperchild + "}");
        for (int round = 0; round < 10; round++) {
            run("leak", 7);
            run("tidy", 13);
        }
        assertThat(growth("leak")).isBetween(0.7 * MIB, 1.3 * MIB);
        assertThat(growth("tidy")).isBetween(-0.2 * MIB, 0.2 * MIB);
        service.delete("/v1/pools/" + POOL);
    }

    @Test
    void the_memory_of_workers_is_shown_as_sum_and_as_maximum() {
        service.pool(POOL, "{\"processes\":2}");
        run("leak", 4);
        for (var name : new String[] {"rss", "pss", "private"}) {
            var meter = "procpool.worker." + name;
            double sum = figures.value(meter, "pool", POOL, "stat", "sum");
            double max = figures.value(meter, "pool", POOL, "stat", "max");
            assertThat(sum).as(name).isGreaterThan(MIB);
            assertThat(max).as(name).isBetween(sum / 2, sum);
        }
        service.delete("/v1/pools/" + POOL);
    }
}
