package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that go though nothing is wrong with them, and pools that change while they run. */
class RecyclingTest {
    @TempDir private Path folder;

    /** The defaults but for what a test is about. */
    private static PoolSpec spec(
            int processes,
            Duration maxAge,
            Duration idleTimeout,
            Long maxMemory,
            String initializer,
            Payload initargs) {
        var plain = PythonPool.spec(processes);
        return new PoolSpec(
                plain.runtime(),
                plain.kind(),
                plain.command(),
                processes,
                initializer,
                initargs,
                null,
                maxMemory,
                maxAge,
                idleTimeout,
                plain.startMethod(),
                plain.preload(),
                Map.of(),
                plain.taskTimeout(),
                plain.grace(),
                plain.startTimeout(),
                plain.queueLimit());
    }

    private static PoolSpec initialized(int processes, String initializer, String initargs) {
        return spec(processes, null, null, null, initializer, Payload.ofUtf8(initargs));
    }

    private static PoolSpec oneTaskAWorker(PoolSpec plain) {
        return new PoolSpec(
                plain.runtime(),
                plain.kind(),
                plain.command(),
                plain.processes(),
                plain.initializer(),
                plain.initargs(),
                1,
                null,
                null,
                null,
                plain.startMethod(),
                plain.preload(),
                plain.env(),
                plain.taskTimeout(),
                plain.grace(),
                plain.startTimeout(),
                plain.queueLimit());
    }

    @Test
    void a_worker_that_has_had_its_tasks_stays_until_the_next_one_is_ready() throws Exception {
        var go = Files.createFile(folder.resolve("go"));
        var spec = oneTaskAWorker(initialized(1, "rooms.wait_for", "[\"" + go + "\"]"));
        try (var pool = PythonPool.of(spec);
                var other = PythonPool.of(PythonPool.spec(1))) {
            long old = pool.pids().getFirst();
            Files.delete(go); // from now on no worker gets ready
            assertThat(pool.call("rooms.pid", "[]").value()).isEqualTo(Long.toString(old));
            Waiting.until("the next one starts", () -> pool.workers().size() == 2);
            for (int i = 0; i < 200; i++) { // the time that this takes
                assertThat(other.call("rooms.pid", "[]").value()).isNotBlank();
                assertThat(pool.workers())
                        .extracting(WorkerView::state)
                        .containsExactly(WorkerState.IDLE, WorkerState.STARTING);
            }
            Files.createFile(go);
            pool.awaitExits(ExitReason.MAX_TASKS);
            pool.awaitIdle(1);
        }
    }

    @Test
    void an_idle_worker_that_is_old_is_replaced_and_there_is_always_one() throws Exception {
        var spec = spec(1, Duration.ofMillis(400), null, null, null, PoolSpec.NO_ARGUMENTS);
        try (var pool = PythonPool.of(spec)) {
            Waiting.until(
                    "three workers have grown old, and one was always there",
                    () -> {
                        assertThat(pool.pool.countWorkers(WorkerState.IDLE)).isPositive();
                        return pool.exits().size() >= 3;
                    });
            assertThat(pool.exits())
                    .extracting(PythonPool.Exited::reason)
                    .containsOnly(ExitReason.MAX_AGE);
        }
    }

    @Test
    void an_unused_worker_goes_and_its_place_is_empty_until_there_is_a_call() throws Exception {
        var spec = spec(2, null, Duration.ofMillis(200), null, null, PoolSpec.NO_ARGUMENTS);
        try (var pool = new PythonPool(spec)) {
            pool.awaitExits(ExitReason.IDLE, ExitReason.IDLE);
            Waiting.until("no worker is left", () -> pool.workers().isEmpty());
            assertThat(pool.pool.state()).isEqualTo(PoolState.RUN);
            long pid = Long.parseLong(pool.call("rooms.pid", "[]").value());
            assertThat(pid).isPositive();
            Waiting.until("and goes again", () -> pool.workers().isEmpty());
        }
    }

    @Test
    void a_worker_that_holds_too_much_goes_after_its_task_and_not_before_the_next_is_ready()
            throws Exception {
        var spec = spec(1, null, null, 64L << 20, null, PoolSpec.NO_ARGUMENTS);
        try (var pool = PythonPool.of(spec)) {
            assertThat(pool.call("rooms.pid", "[]").outcome()).isNotNull();
            pool.awaitIdle(1);
            assertThat(pool.exits()).as("a worker has little of its own").isEmpty();
            var hoard = pool.call("rooms.hoard", "[80000000]"); // not twice the limit
            assertThat(hoard.value()).isEqualTo(Long.toString(hoard.startedIn()));
            pool.awaitExits(ExitReason.MAX_MEMORY_SOFT);
            pool.awaitIdle(1);
            assertThat(pool.pids()).doesNotContain(hoard.startedIn());
        }
    }

    @Test
    void each_worker_runs_its_initializer_once_before_its_first_task() throws Exception {
        var ledger = folder.resolve("ledger");
        try (var pool =
                PythonPool.of(initialized(3, "rooms.note", "[\"" + ledger + "\",\"init\"]"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(pool.call("rooms.pid", "[]").value()).isNotBlank();
            }
            assertThat(Files.readAllLines(ledger))
                    .containsExactlyInAnyOrderElementsOf(
                            pool.pids().stream().map(pid -> pid + " init").toList());
            assertThat(pool.workers().stream().mapToInt(WorkerView::tasksDone).sum())
                    .as("an initializer is no task")
                    .isEqualTo(10);
        }
    }

    @Test
    void a_pool_that_cannot_start_says_why_and_is_whole_again_once_its_specification_is_mended()
            throws Exception {
        try (var pool = new PythonPool(initialized(2, "rooms.no_start", "[]"))) {
            Waiting.until("it is degraded", () -> pool.pool.trouble().isPresent());
            assertThat(pool.pool.trouble().orElseThrow().cause())
                    .isEqualTo("the initializer rooms.no_start failed: RuntimeError: no start");
            assertThat(pool.pool.health()).isInstanceOf(Pool.Health.Degraded.class);
            assertThat(pool.pool.everReady()).isFalse();
            var waiting = pool.call("rooms.pid", "[]");
            pool.pool.respecify(PythonPool.spec(2));
            pool.awaitIdle(2);
            assertThat(waiting.value()).isNotBlank();
            assertThat(pool.pool.health()).isEqualTo(new Pool.Health.Ok());
            assertThat(pool.failedStarts()).isPositive();
            assertThat(pool.exits())
                    .extracting(PythonPool.Exited::reason)
                    .contains(ExitReason.INIT_FAILED);
        }
    }

    @Test
    void a_pool_grows_and_shrinks_while_it_works() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var first = pool.pids();
            pool.pool.respecify(PythonPool.spec(3));
            pool.awaitIdle(3);
            assertThat(pool.pids()).as("who was there stays").containsAll(first);
            pool.pool.respecify(PythonPool.spec(1));
            pool.awaitIdle(1);
            pool.awaitExits(ExitReason.SCALE_DOWN, ExitReason.SCALE_DOWN);
            assertThat(pool.pids()).isEqualTo(first);
        }
    }

    @Test
    void another_specification_replaces_idle_workers_and_lets_running_ones_finish()
            throws Exception {
        var go = folder.resolve("go");
        try (var pool = PythonPool.of(PythonPool.spec(2))) {
            var before = pool.pids();
            var running = pool.call("rooms.wait_for", "[\"" + go + "\"]");
            running.startedIn();
            pool.pool.respecify(
                    initialized(2, "rooms.note", "[\"" + folder.resolve("ledger") + "\"]"));
            pool.awaitExits(ExitReason.ROLLOVER);
            assertThat(running.hasEnded()).isFalse();
            assertThat(pool.pids()).contains(running.startedIn());
            Files.createFile(go);
            assertThat(running.value()).isEqualTo(Long.toString(running.startedIn()));
            pool.awaitExits(ExitReason.ROLLOVER, ExitReason.ROLLOVER);
            pool.awaitIdle(2);
            assertThat(pool.pids()).doesNotContainAnyElementsOf(before);
        }
    }

    @Test
    void a_pool_whose_new_specification_cannot_start_serves_on_with_its_old_workers()
            throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var before = pool.pids();
            pool.pool.respecify(initialized(1, "rooms.no_start", "[]"));
            Waiting.until("it is degraded", () -> pool.pool.trouble().isPresent());
            assertThat(pool.call("rooms.pid", "[]").value())
                    .isEqualTo(before.getFirst().toString());
            pool.pool.respecify(PythonPool.spec(1));
            Waiting.until("it is whole again", () -> pool.pool.trouble().isEmpty());
            assertThat(pool.call("rooms.pid", "[]").outcome()).isInstanceOf(Outcome.Returned.class);
        }
    }

    @Test
    void a_lost_forkserver_ends_its_workers_and_the_pool_is_whole_again() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(2))) {
            var running = pool.hanging(folder);
            long worker = running.startedIn();
            long forkserver = ProcessHandle.of(worker).orElseThrow().parent().orElseThrow().pid();
            PythonPool.kill(forkserver);
            assertThat(running.failure())
                    .isEqualTo(new Failure.WorkerLost("forkserver_lost", null, null, ""));
            pool.awaitIdle(2);
            assertThat(pool.exits())
                    .extracting(PythonPool.Exited::reason)
                    .isEqualTo(List.of(ExitReason.FORKSERVER_LOST, ExitReason.FORKSERVER_LOST));
            Waiting.until("its worker is gone", () -> !PythonPool.alive(worker));
        }
    }
}
