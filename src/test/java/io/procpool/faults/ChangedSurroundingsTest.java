package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a task changes around it stays in its worker, as in multiprocessing: later tasks of that one find it, no other worker does, and
 * with {@code maxtasksperchild: 1} no task. F43, F44.
 */
class ChangedSurroundingsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "working folder",
                "environment",
                "umask",
                "time zone",
                "locale",
                "modules",
                "path",
                "module variable",
                "daemon thread",
                "signal handler",
                "limit"
            })
    void a_change_ends_with_its_worker(String kind) throws Exception {
        var argument = "[\"" + kind + "\"]";
        try (var pool = FaultPool.of(1)) {
            var before = pool.value("faults3.surroundings", argument);
            var worker = Long.parseLong(pool.value("faults3.change", argument));
            assertThat(pool.value("faults3.surroundings", argument)).isNotEqualTo(before);
            assertThat(pool.servingPid()).isEqualTo(worker);

            Processes.kill(worker);
            pool.awaitReplaced(worker);
            assertThat(pool.value("faults3.surroundings", argument)).isEqualTo(before);
        }
        try (var pool = FaultPool.of(1, ", \"maxtasksperchild\": 1")) {
            var before = pool.value("faults3.surroundings", argument);
            pool.value("faults3.change", argument);
            assertThat(pool.value("faults3.surroundings", argument)).isEqualTo(before);
        }
    }
}
