package io.procpool.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a task does to its standard streams, the protocol has its own connection. F17, F18, F19, F37. */
class OutputFaultTest {
    private static final int TAIL = 64 * 1024;

    @TempDir private Path folder;

    /** F17: a daemon of the task has the worker's output open, and does not want to end. */
    @ParameterizedTest
    @CsvSource({"kill, 9, -1", "7, -1, 7"})
    void a_child_that_holds_the_output_open_neither_hides_the_death_nor_survives_it(
            String how, int signal, int exitcode) throws Exception {
        var ledger = folder.resolve("daemon");
        try (var pool = FaultPool.of(1)) {
            var job = pool.run("faults.leave_daemon", "[\"" + ledger + "\", \"" + how + "\"]");
            var problem = job.path("problem");
            assertThat(problem.path("type").asString())
                    .isEqualTo("urn:procpool:problem:worker-lost");
            assertThat(problem.path("signal").asInt(-1)).isEqualTo(signal);
            assertThat(problem.path("exitcode").asInt(-1)).isEqualTo(exitcode);
            assertThat(problem.path("output_tail").asString()).contains("crash by " + how);
            long daemon = FaultPool.awaitPids(ledger, 1).getFirst();
            Waiting.until("the daemon is gone", () -> !Processes.alive(daemon));
            pool.requireWorks();
        }
    }

    /** F17: also when the task succeeds, and then before its result is told. */
    @Test
    void a_daemon_that_a_task_leaves_behind_is_gone_when_the_result_is_there() throws Exception {
        var ledger = folder.resolve("daemon");
        try (var pool = FaultPool.of(1)) {
            var before = pool.awaitWorkers(1);
            var job = pool.run("faults.leave_daemon", "[\"" + ledger + "\", \"return\"]");
            assertThat(job.path("state").asString()).isEqualTo("succeeded");
            assertThat(Processes.alive(FaultPool.awaitPids(ledger, 1).getFirst())).isFalse();
            assertThat(pool.awaitWorkers(1)).isEqualTo(before);
        }
    }

    /** F18: without a newline, until it is killed or until it returns. */
    @ParameterizedTest
    @CsvSource({"600, 1, failed", "0.5, 600, succeeded"})
    void a_flood_of_output_is_cut_to_its_end_and_fills_no_memory(
            double seconds, int timeout, String state) {
        try (var pool = FaultPool.of(1)) {
            pool.requireWorks();
            long before = usedHeap();
            var job = pool.run("faults.flood", "[" + seconds + "]", ", \"timeout\": " + timeout);
            assertThat(job.path("state").asString()).isEqualTo(state);
            var attempt = job.path("attempts").path(0);
            assertThat(attempt.path("output_truncated").asBoolean()).isTrue();
            var tail = attempt.path("output_tail").asString();
            assertThat(tail.getBytes(UTF_8)).hasSize(TAIL);
            assertThat(tail).endsWith(state.equals("succeeded") ? "xxthe end" : "xxx");
            assertThat(usedHeap() - before).isLessThan(64L << 20);
            pool.requireWorks();
        }
    }

    private static long usedHeap() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** F19. */
    @ParameterizedTest
    @ValueSource(strings = {"faults.close_streams", "faults.close_output"})
    void a_task_that_closes_its_output_is_answered_and_so_are_the_next_ones(String func) {
        try (var pool = FaultPool.of(1)) {
            var worker = pool.value(func, "[]");
            for (int again = 0; again < 3; again++) {
                assertThat("" + pool.servingPid()).isEqualTo(worker);
            }
        }
    }

    /** F19. */
    @Test
    void standard_input_is_empty() {
        try (var pool = FaultPool.of(1)) {
            assertThat(pool.value("faults.read_stdin", "[]")).isEqualTo("[\"\",\"\"]");
            assertThat(pool.value("faults.read_stdin", "[]")).isEqualTo("[\"\",\"\"]");
        }
    }

    /** F37: nothing of the service's, nor of the forkserver's, nor of the worker before. */
    @ParameterizedTest
    @ValueSource(strings = {"forkserver", "spawn"})
    void a_worker_has_its_standard_streams_and_its_call_connection_and_nothing_else(String method)
            throws Exception {
        try (var pool =
                FaultPool.of(
                        2, ", \"maxtasksperchild\": 1, \"start_method\": \"" + method + "\"")) {
            pool.awaitWorkers(2);
            for (int worker = 0; worker < 4; worker++) {
                var job = pool.run("faults.descriptors", "[]");
                var found = FaultPool.json(pool.valueOf(job));
                assertThat(found.propertyNames()).as("%s", found).hasSize(4);
                assertThat(found.path("0").asString()).isEqualTo("/dev/null");
                assertThat(found.path("1").asString())
                        .startsWith("socket:")
                        .isEqualTo(found.path("2").asString());
                assertThat(found.properties())
                        .filteredOn(
                                entry ->
                                        entry.getKey().length() > 1
                                                || entry.getKey().compareTo("2") > 0)
                        .singleElement()
                        .satisfies(
                                entry ->
                                        assertThat(entry.getValue().asString())
                                                .startsWith("socket:"));
            }
        }
    }
}
