package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.runtime.WorkerKind;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By what a running task has lost its worker, and whether that is its own doing. */
class LossTest {
    @TempDir private Path folder;

    private static PoolSpec spec(int processes, WorkerKind kind, Long maxMemory) {
        var plain = PythonPool.spec(processes);
        return new PoolSpec(
                plain.runtime(),
                kind,
                plain.command(),
                processes,
                null,
                plain.initargs(),
                null,
                maxMemory,
                null,
                null,
                PoolSpec.startMethod(plain.runtime(), kind),
                plain.preload(),
                plain.env(),
                plain.taskTimeout(),
                plain.grace(),
                plain.startTimeout(),
                plain.queueLimit());
    }

    private static void assertLost(Asked call, ExitReason by, Integer exitcode, Integer signal) {
        assertThat(call.failure())
                .isEqualTo(new Failure.WorkerLost(by.label(), exitcode, signal, ""));
        assertThat(call.outcomes()).isEqualTo(1);
        assertThat(call.run().pid()).isEqualTo(call.startedIn());
    }

    private static boolean isTasksDoing(ExitReason reason) {
        return new Failure.WorkerLost(reason.label(), null, null, "").isTasksDoing();
    }

    private static boolean isTasksDoing(Asked call) {
        return switch (call.failure()) {
            case Failure.WorkerLost lost -> lost.isTasksDoing();
            case Failure other -> throw new AssertionError("it failed: " + other);
        };
    }

    @Test
    void a_task_that_ends_its_worker_is_charged() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var left = pool.call("rooms.leave", "[3]");
            assertLost(left, ExitReason.CRASH_EXIT, 3, null);
            var clean = pool.call("rooms.leave", "[0]");
            assertLost(clean, ExitReason.CRASH_EXIT, 0, null);
            var died = pool.call("rooms.die", "[14]");
            assertLost(died, ExitReason.CRASH_SIGNAL, null, 14);
            assertThat(List.of(left, clean, died)).allMatch(LossTest::isTasksDoing);
        }
    }

    @Test
    void a_sigkill_from_anywhere_is_charged_since_it_may_be_the_kernels_for_want_of_memory()
            throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var call = pool.hanging(folder);
            PythonPool.kill(call.startedIn());
            assertLost(call, ExitReason.CRASH_SIGNAL, null, 9);
            assertThat(isTasksDoing(call)).isTrue();
        }
    }

    @Test
    void a_task_that_takes_too_much_memory_is_charged() throws Exception {
        try (var pool = PythonPool.of(spec(1, WorkerKind.PROCESS, 64L << 20))) {
            var call =
                    pool.call(
                            "rooms.hoard_and_hang",
                            "[200000000,\"" + folder.resolve("begun") + "\"]");
            assertLost(call, ExitReason.MAX_MEMORY_HARD, null, 9);
            assertThat(isTasksDoing(call)).isTrue();
        }
    }

    @Test
    void a_worker_that_a_client_has_killed_is_not_charged_to_its_task() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(2))) {
            var call = pool.hanging(folder);
            var neighbour = pool.hanging(folder);
            var worker =
                    pool.workers().stream()
                            .filter(view -> view.pid() == call.startedIn())
                            .findFirst()
                            .orElseThrow();
            var _ = pool.pool.dismiss(Long.toString(worker.id()), true);
            assertLost(call, ExitReason.KILLED, null, 9);
            assertThat(isTasksDoing(call)).isFalse();
            assertThat(neighbour.hasEnded()).isFalse();
        }
    }

    @Test
    void a_forkserver_that_is_lost_is_charged_to_none_of_its_tasks() throws Exception {
        for (var signal : List.of("KILL", "TERM")) {
            try (var pool = PythonPool.of(PythonPool.spec(2))) {
                var calls = List.of(pool.hanging(folder), pool.hanging(folder));
                var worker = ProcessHandle.of(calls.getFirst().startedIn()).orElseThrow();
                var forkserver = worker.parent().orElseThrow();
                if (signal.equals("KILL")) {
                    forkserver.destroyForcibly();
                } else {
                    forkserver.destroy();
                }
                for (var call : calls) {
                    assertLost(call, ExitReason.FORKSERVER_LOST, null, null);
                    assertThat(isTasksDoing(call)).isFalse();
                }
                pool.awaitIdle(2);
            }
        }
    }

    @Test
    void a_thread_whose_host_is_killed_for_another_is_told_and_not_charged_and_not_run_again()
            throws Exception {
        try (var pool = PythonPool.of(spec(3, WorkerKind.THREAD, null))) {
            var neighbours = List.of(pool.hanging(folder), pool.hanging(folder));
            var unwanted = pool.hanging(folder);
            unwanted.cancel();
            assertThat(unwanted.failure()).isEqualTo(new Failure.Cancelled());
            for (var neighbour : neighbours) {
                assertLost(neighbour, ExitReason.HOST_RECYCLED, null, null);
                assertThat(isTasksDoing(neighbour)).isFalse();
            }
            pool.awaitIdle(3);
            try (var ledgers = Files.list(folder)) {
                for (var ledger : ledgers.toList()) {
                    assertThat(Files.readAllLines(ledger)).as("it ran once").hasSize(1);
                }
            }
            assertThat(pool.exits())
                    .extracting(PythonPool.Exited::reason)
                    .containsExactlyInAnyOrder(
                            ExitReason.CANCEL, ExitReason.HOST_RECYCLED, ExitReason.HOST_RECYCLED);
        }
    }

    @Test
    void a_thread_that_crashes_is_charged_to_all_that_ran_in_its_process() throws Exception {
        try (var pool = PythonPool.of(spec(2, WorkerKind.THREAD, null))) {
            var neighbour = pool.hanging(folder);
            var crash = pool.call("rooms.leave", "[7]");
            for (var call : List.of(crash, neighbour)) {
                assertLost(call, ExitReason.CRASH_EXIT, 7, null);
                assertThat(isTasksDoing(call)).as("nobody can tell whose it was").isTrue();
            }
        }
    }

    @Test
    void a_worker_that_is_stopped_for_long_is_charged() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var ledger = folder.resolve("stopped");
            var call = pool.call("rooms.stop", "[\"" + ledger + "\"]");
            Waiting.until("it has begun", () -> Files.exists(ledger));
            assertLost(call, ExitReason.UNRESPONSIVE, null, 9);
            assertThat(isTasksDoing(call)).isTrue();
        }
    }

    @Test
    void a_broken_protocol_has_an_outcome_of_its_own_and_is_charged() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var call = pool.call("rooms.babble", "[]");
            assertThat(call.failure()).isInstanceOf(Failure.ProtocolError.class);
            pool.awaitExits(ExitReason.PROTOCOL_ERROR);
            assertThat(isTasksDoing(ExitReason.PROTOCOL_ERROR)).isTrue();
        }
    }

    @Test
    void what_runs_when_its_pool_is_terminated_has_an_outcome_of_its_own() throws Exception {
        var pool = PythonPool.of(PythonPool.spec(1));
        var call = pool.hanging(folder);
        pool.close();
        assertThat(call.failure()).isEqualTo(new Failure.PoolTerminated(pool.pool.name()));
        assertThat(isTasksDoing(ExitReason.TERMINATE)).isFalse();
    }

    @Test
    void these_reasons_and_no_others_are_a_tasks_doing() {
        assertThat(Stream.of(ExitReason.values()).filter(LossTest::isTasksDoing))
                .extracting(ExitReason::label)
                .containsExactlyInAnyOrder(
                        "crash_signal",
                        "crash_exit",
                        "max_memory_hard",
                        "unresponsive",
                        "unkillable",
                        "protocol_error");
        assertThat(Stream.of(ExitReason.values()).filter(reason -> !isTasksDoing(reason)))
                .as("somebody has to decide where a new one belongs")
                .extracting(ExitReason::label)
                .containsExactlyInAnyOrder(
                        "max_tasks",
                        "max_memory_soft",
                        "max_age",
                        "idle",
                        "fresh",
                        "rollover",
                        "retired",
                        "killed",
                        "scale_down",
                        "drain",
                        "terminate",
                        "task_timeout",
                        "cancel",
                        "init_failed",
                        "forkserver_lost",
                        "host_recycled");
    }
}
