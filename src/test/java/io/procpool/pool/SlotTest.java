package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story of a slot, over real workers. */
class SlotTest {
    @TempDir private Path folder;

    private String file(String name) {
        return "[\"" + folder.resolve(name) + "\"]";
    }

    private void touch(String name) throws Exception {
        Files.createFile(folder.resolve(name));
    }

    @Test
    void a_call_whose_worker_is_killed_ends_as_worker_lost_and_the_pool_is_whole_again()
            throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var call = pool.hanging(folder);
            long pid = call.startedIn();
            PythonPool.kill(pid);
            assertThat(call.failure())
                    .isEqualTo(new Failure.WorkerLost("crash_signal", null, 9, ""));
            assertThat(call.run().pid()).isEqualTo(pid);
            assertThat(call.run().signal()).isEqualTo(9);
            pool.awaitIdle(1);
            assertThat(pool.pids()).doesNotContain(pid);
            assertThat(pool.call("rooms.pid", "[]").value())
                    .isEqualTo(pool.pids().getFirst().toString());
            pool.awaitExits(ExitReason.CRASH_SIGNAL);
        }
    }

    @Test
    void an_idle_worker_that_is_killed_is_replaced_without_anybody_asking() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(2))) {
            var before = pool.pids();
            PythonPool.kill(before.getFirst());
            pool.awaitExits(ExitReason.CRASH_SIGNAL);
            pool.awaitIdle(2);
            assertThat(pool.pids()).contains(before.getLast()).doesNotContain(before.getFirst());
        }
    }

    @Test
    void every_call_runs_in_a_worker_of_the_pool_and_as_many_at_once_as_there_are_processes()
            throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(3))) {
            var calls = new ArrayList<Asked>();
            for (int i = 0; i < 4; i++) {
                calls.add(pool.call("rooms.wait_for", file("go")));
            }
            Set<Long> running = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                running.add(calls.get(i).startedIn());
            }
            assertThat(running).isEqualTo(new HashSet<>(pool.pids()));
            assertThat(pool.pool.queued()).isEqualTo(1);
            assertThat(pool.pool.countWorkers(WorkerState.BUSY)).isEqualTo(3);
            touch("go");
            for (var call : calls) {
                assertThat(Long.parseLong(call.value())).isIn(running);
            }
        }
    }

    @Test
    void the_replacement_is_ready_before_a_worker_with_its_last_task_is_retired() throws Exception {
        var spec = PythonPool.spec(1, 1, Duration.ofSeconds(1));
        try (var pool = PythonPool.of(spec)) {
            var last = pool.call("rooms.wait_for", file("go"));
            long old = last.startedIn();
            // The task is still running, and the next worker is up already.
            Waiting.until(
                    "an idle worker stands beside the busy one",
                    () ->
                            pool.workers().stream()
                                    .map(WorkerView::state)
                                    .toList()
                                    .equals(List.of(WorkerState.BUSY, WorkerState.IDLE)));
            long next = pool.workers().getLast().pid();
            assertThat(PythonPool.alive(old)).isTrue();
            touch("go");
            assertThat(last.value()).isEqualTo(Long.toString(old));
            assertThat(pool.call("rooms.pid", "[]").value()).isEqualTo(Long.toString(next));
            Waiting.until("the old one is gone", () -> !PythonPool.alive(old));
        }
    }

    @Test
    void no_worker_has_more_tasks_than_its_limit_and_each_reaches_it() throws Exception {
        var spec = PythonPool.spec(2, 3, Duration.ofSeconds(1));
        try (var pool = PythonPool.of(spec)) {
            var calls = new ArrayList<Asked>();
            for (int i = 0; i < 60; i++) {
                calls.add(pool.call("rooms.pid", "[]"));
            }
            var tasks = new ArrayList<String>();
            calls.forEach(call -> tasks.add(call.value()));
            for (var pid : new HashSet<>(tasks)) {
                assertThat(tasks.stream().filter(pid::equals).count()).isLessThanOrEqualTo(3);
            }
            Waiting.until(
                    "all of them are on the books",
                    () -> pool.exits().size() * 3 + tasksOfThoseThatStay(pool) == 60);
            assertThat(pool.exits()).containsOnly(new PythonPool.Exited(ExitReason.MAX_TASKS, 3));
        }
    }

    private static int tasksOfThoseThatStay(PythonPool pool) {
        return pool.workers().stream()
                .mapToInt(WorkerView::tasksDone)
                .filter(done -> done < 3) // the others are about to go
                .sum();
    }

    @Test
    void a_worker_that_a_thread_keeps_alive_is_killed_and_its_slot_goes_on_meanwhile()
            throws Exception {
        var spec =
                PythonPool.spec(1, 1, Duration.ofHours(1)); // nobody is killed in this test's time
        var pool = PythonPool.of(spec);
        try {
            long stuck = Long.parseLong(pool.call("rooms.leave_a_thread", "[]").value());
            // Its bye is answered by nothing; the slot serves on in another worker.
            long next = Long.parseLong(pool.call("rooms.pid", "[]").value());
            assertThat(next).isNotEqualTo(stuck);
            assertThat(PythonPool.alive(stuck)).isTrue();
            PythonPool.kill(stuck); // else the end of the pool waits an hour for it
            pool.awaitIdle(1);
        } finally {
            pool.close();
        }
    }

    @Test
    void a_worker_that_a_thread_keeps_alive_ends_by_the_ladder() throws Exception {
        var spec = PythonPool.spec(1, 1, Duration.ofMillis(100));
        try (var pool = PythonPool.of(spec)) {
            long stuck = Long.parseLong(pool.call("rooms.leave_a_thread", "[]").value());
            Waiting.until("it is gone", () -> !PythonPool.alive(stuck));
            pool.awaitExits(ExitReason.MAX_TASKS);
            pool.awaitIdle(1);
        }
    }

    @Test
    void a_cancelled_call_ends_as_cancelled_and_its_neighbour_goes_on() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(2))) {
            var neighbour = pool.call("rooms.wait_for", file("go"));
            var call = pool.hanging(folder);
            call.cancel();
            call.cancel();
            assertThat(call.failure()).isEqualTo(new Failure.Cancelled());
            assertThat(neighbour.hasEnded()).isFalse();
            touch("go");
            assertThat(neighbour.value()).isEqualTo(Long.toString(neighbour.startedIn()));
            pool.awaitExits(ExitReason.CANCEL);
        }
    }

    @Test
    void a_call_that_is_cancelled_while_it_waits_never_begins() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var first = pool.call("rooms.wait_for", file("go"));
            first.startedIn();
            var waiting = pool.call("rooms.note", file("ledger"));
            waiting.cancel();
            touch("go");
            assertThat(waiting.failure()).isEqualTo(new Failure.Cancelled());
            assertThat(waiting.run()).isNull();
            assertThat(folder.resolve("ledger")).doesNotExist();
            assertThat(pool.exits()).as("its worker did nothing wrong").isEmpty();
        }
    }

    @Test
    void a_call_that_runs_too_long_ends_as_timed_out() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var limit = Duration.ofMillis(50);
            var call = pool.call("rooms.slow", "[3600]", limit);
            assertThat(call.failure()).isEqualTo(new Failure.TimedOut(limit));
            pool.awaitIdle(1);
            pool.awaitExits(ExitReason.TASK_TIMEOUT);
        }
    }

    @Test
    void a_terminated_pool_ends_what_runs_and_what_waits_and_leaves_no_process() throws Exception {
        var pool = PythonPool.of(PythonPool.spec(2));
        var running = List.of(pool.hanging(folder), pool.hanging(folder));
        var waiting = pool.call("rooms.pid", "[]");
        var pids = pool.pids();
        pool.close();
        var terminated = new Failure.PoolTerminated(pool.pool.name());
        assertThat(running).allSatisfy(call -> assertThat(call.failure()).isEqualTo(terminated));
        assertThat(waiting.failure()).isEqualTo(terminated);
        assertThat(pool.workers()).isEmpty();
        for (long pid : pids) {
            Waiting.until(pid + " is gone", () -> !PythonPool.alive(pid));
        }
        assertThat(pool.exits().stream().map(PythonPool.Exited::reason))
                .containsOnly(ExitReason.TERMINATE);
    }

    @Test
    void a_closed_pool_does_what_it_has_and_then_is_joined() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(2))) {
            var calls = new ArrayList<Asked>();
            for (int i = 0; i < 6; i++) {
                calls.add(pool.call("rooms.wait_for", file("go")));
            }
            pool.pool.close();
            var joined =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return pool.pool.join(Duration.ofMinutes(1));
                                } catch (InterruptedException interrupted) {
                                    throw new IllegalStateException(interrupted);
                                }
                            });
            assertThat(pool.pool.join(Duration.ZERO)).isFalse();
            touch("go");
            assertThat(calls).allSatisfy(call -> assertThat(call.value()).isNotBlank());
            assertThat(joined.join()).isTrue();
            assertThat(pool.workers()).isEmpty();
            assertThat(pool.exits())
                    .extracting(PythonPool.Exited::reason)
                    .containsOnly(ExitReason.DRAIN);
        }
    }

    @Test
    void a_call_that_its_worker_never_read_runs_in_another_and_nothing_is_charged()
            throws Exception {
        var ledger = folder.resolve("ledger");
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            for (int item = 0; item < 40; item++) {
                PythonPool.kill(pool.pids().getFirst()); // it is idle, and a call is on its way
                var call = pool.call("rooms.note", "[\"" + ledger + "\"," + item + "]");
                assertThat(call.outcome()).isInstanceOf(Outcome.Returned.class);
                assertThat(call.outcomes()).isEqualTo(1);
                pool.awaitIdle(1);
            }
        }
        assertThat(Files.readAllLines(ledger)).hasSize(40);
    }
}
