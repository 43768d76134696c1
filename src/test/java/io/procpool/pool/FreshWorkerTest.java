package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.runtime.WorkerKind;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that must have a worker that has served nobody, and that serves nobody after them. */
class FreshWorkerTest {
    @TempDir private Path folder;

    private String file(String name) {
        return "[\"" + folder.resolve(name) + "\"]";
    }

    private static PoolSpec initialized(int processes, String initializer, String initargs) {
        var plain = PythonPool.spec(processes);
        return new PoolSpec(
                plain.runtime(),
                plain.kind(),
                plain.command(),
                processes,
                initializer,
                Payload.ofUtf8(initargs),
                null,
                null,
                null,
                null,
                plain.startMethod(),
                plain.preload(),
                plain.env(),
                plain.taskTimeout(),
                plain.grace(),
                Duration.ofMinutes(5),
                plain.queueLimit());
    }

    private static PoolSpec threads(int processes) {
        var plain = PythonPool.spec(processes);
        return new PoolSpec(
                plain.runtime(),
                WorkerKind.THREAD,
                plain.command(),
                processes,
                null,
                plain.initargs(),
                null,
                null,
                null,
                null,
                PoolSpec.startMethod(plain.runtime(), WorkerKind.THREAD),
                plain.preload(),
                plain.env(),
                plain.taskTimeout(),
                plain.grace(),
                plain.startTimeout(),
                plain.queueLimit());
    }

    /** A pool whose workers have served, and whose next ones stay in their initializer until the file {@code go} is there. */
    private PythonPool withoutSuccessors(int processes) throws Exception {
        var go = Files.createFile(folder.resolve("go"));
        var pool = PythonPool.of(initialized(processes, "rooms.wait_for", file("go")));
        var calls = new ArrayList<Asked>();
        for (int i = 0; i < processes; i++) {
            calls.add(pool.call("rooms.wait_for", file("all")));
        }
        calls.forEach(Asked::startedIn); // none has two of them
        Files.createFile(folder.resolve("all"));
        calls.forEach(call -> assertThat(call.value()).isNotBlank());
        Files.delete(go);
        return pool;
    }

    private static void awaitSuccessor(PythonPool pool) throws InterruptedException {
        awaitSuccessors(pool, 1);
    }

    private static void awaitSuccessors(PythonPool pool, int count) throws InterruptedException {
        Waiting.until(
                "the next workers are being started",
                () -> pool.pool.countWorkers(WorkerState.STARTING) == count);
    }

    @Test
    void a_used_worker_makes_way_and_the_call_is_the_only_one_of_its_worker() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var used = pool.call("rooms.pid", "[]").value();
            var fresh = pool.fresh("rooms.pid", "[]");
            var after = pool.call("rooms.pid", "[]");
            assertThat(new HashSet<>(List.of(used, fresh.value(), after.value()))).hasSize(3);
            assertThat(fresh.outcomes()).isEqualTo(1);
            pool.awaitExits(ExitReason.FRESH, ExitReason.FRESH);
            assertThat(pool.exits()).extracting(PythonPool.Exited::served).containsOnly(1);
            pool.awaitIdle(1);
        }
    }

    @Test
    void a_worker_that_has_served_nobody_takes_it_as_it_is() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var first = pool.pids().getFirst().toString();
            assertThat(pool.fresh("rooms.pid", "[]").value()).isEqualTo(first);
            assertThat(pool.call("rooms.pid", "[]").value()).isNotEqualTo(first);
            pool.awaitExits(ExitReason.FRESH);
            pool.awaitIdle(1);
        }
    }

    @Test
    void many_of_them_each_have_their_own_and_the_neighbours_lose_nothing() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(3))) {
            var fresh = new ArrayList<Asked>();
            var others = new ArrayList<Asked>();
            for (int i = 0; i < 10; i++) {
                others.add(pool.call("rooms.pid", "[]"));
                fresh.add(pool.fresh("rooms.pid", "[]"));
                others.add(pool.call("rooms.pid", "[]"));
            }
            var alone = fresh.stream().map(Asked::value).toList();
            var shared = others.stream().map(Asked::value).toList();
            assertThat(alone).doesNotHaveDuplicates();
            assertThat(shared).doesNotContainAnyElementsOf(alone);
            pool.awaitIdle(3);
            assertThat(pool.exits())
                    .extracting(PythonPool.Exited::reason)
                    .containsOnly(ExitReason.FRESH);
        }
    }

    @Test
    void one_that_kills_its_worker_leaves_a_whole_pool() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            assertThat(pool.call("rooms.pid", "[]").value()).isNotBlank();
            var fresh = pool.fresh("rooms.leave", "[7]");
            assertThat(fresh.failure())
                    .isEqualTo(new Failure.WorkerLost("crash_exit", 7, null, ""));
            pool.awaitIdle(1);
            assertThat(pool.exits())
                    .containsExactlyInAnyOrder(
                            new PythonPool.Exited(ExitReason.FRESH, 1),
                            new PythonPool.Exited(ExitReason.CRASH_EXIT, 0));
            assertThat(pool.call("rooms.pid", "[]").value()).isNotBlank();
            assertThat(pool.pool.health()).isEqualTo(new Pool.Health.Ok());
        }
    }

    @Test
    void cancelled_while_it_waits_for_its_worker_it_ends_at_once_and_never_begins()
            throws Exception {
        try (var pool = withoutSuccessors(1)) {
            var fresh = pool.fresh("rooms.note", file("ledger"));
            awaitSuccessor(pool);
            fresh.cancel();
            fresh.cancel();
            assertThat(fresh.failure()).isEqualTo(new Failure.Cancelled());
            assertThat(fresh.run()).isNull();
            Files.createFile(folder.resolve("go"));
            assertThat(pool.call("rooms.pid", "[]").value()).isNotBlank();
            pool.awaitIdle(1);
            assertThat(fresh.outcomes()).isEqualTo(1);
            assertThat(folder.resolve("ledger")).doesNotExist();
        }
    }

    @Test
    void terminated_while_it_waits_for_its_worker_it_ends_with_the_pool() throws Exception {
        var pool = withoutSuccessors(1);
        var fresh = pool.fresh("rooms.note", file("ledger"));
        awaitSuccessor(pool);
        pool.close();
        assertThat(fresh.failure()).isEqualTo(new Failure.PoolTerminated(pool.pool.name()));
        assertThat(fresh.outcomes()).isEqualTo(1);
        assertThat(pool.workers()).isEmpty();
        assertThat(folder.resolve("ledger")).doesNotExist();
    }

    @Test
    void a_closed_pool_does_it_before_it_is_joined() throws Exception {
        try (var pool = withoutSuccessors(1)) {
            var fresh = pool.fresh("rooms.pid", "[]");
            awaitSuccessor(pool);
            pool.pool.close();
            assertThat(pool.pool.join(Duration.ZERO)).isFalse();
            var joined =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return pool.pool.join(Duration.ofMinutes(1));
                                } catch (InterruptedException interrupted) {
                                    throw new IllegalStateException(interrupted);
                                }
                            });
            Files.createFile(folder.resolve("go"));
            assertThat(fresh.value()).isNotBlank();
            assertThat(joined.join()).isTrue();
            assertThat(pool.workers()).isEmpty();
        }
    }

    @Test
    void a_slot_that_is_too_many_does_what_it_owes_before_it_ends() throws Exception {
        try (var pool = withoutSuccessors(2)) {
            var calls = List.of(pool.fresh("rooms.pid", "[]"), pool.fresh("rooms.pid", "[]"));
            awaitSuccessors(pool, 2);
            pool.pool.respecify(initialized(1, "rooms.wait_for", file("go")));
            Files.createFile(folder.resolve("go"));
            assertThat(calls.stream().map(Asked::value).toList()).doesNotHaveDuplicates();
            pool.awaitIdle(1);
        }
    }

    @Test
    void its_worker_dying_before_it_has_begun_costs_it_nothing() throws Exception {
        try (var pool = withoutSuccessors(1)) {
            var old = pool.pids().getFirst();
            var fresh = pool.fresh("rooms.pid", "[]");
            awaitSuccessor(pool);
            PythonPool.kill(old);
            Files.createFile(folder.resolve("go"));
            assertThat(fresh.value()).isNotEqualTo(old.toString());
            assertThat(fresh.outcomes()).isEqualTo(1);
            pool.awaitIdle(1);
        }
    }

    @Test
    void a_pool_that_cannot_start_its_worker_serves_others_meanwhile_and_then_runs_it()
            throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(1))) {
            var used = pool.call("rooms.pid", "[]").value();
            pool.pool.respecify(initialized(1, "rooms.no_start", "[]"));
            Waiting.until("it is degraded", () -> pool.pool.trouble().isPresent());
            var fresh = pool.fresh("rooms.pid", "[]");
            assertThat(pool.call("rooms.pid", "[]").value()).isEqualTo(used);
            var unwanted = pool.fresh("rooms.note", file("ledger"));
            assertThat(pool.call("rooms.pid", "[]").value()).isEqualTo(used);
            unwanted.cancel();
            assertThat(unwanted.failure()).isEqualTo(new Failure.Cancelled());
            assertThat(fresh.hasEnded()).isFalse();
            pool.pool.respecify(PythonPool.spec(1));
            assertThat(fresh.value()).isNotEqualTo(used);
            assertThat(folder.resolve("ledger")).doesNotExist();
            pool.awaitIdle(1);
        }
    }

    @Test
    void in_a_thread_pool_its_thread_is_fresh_though_the_process_is_not() throws Exception {
        try (var pool = PythonPool.of(threads(1))) {
            var used = pool.call("rooms.thread", "[]").value();
            var fresh = pool.fresh("rooms.thread", "[]").value();
            var after = pool.call("rooms.thread", "[]").value();
            assertThat(new HashSet<>(List.of(used, fresh, after))).hasSize(3);
            assertThat(pool.call("rooms.pid", "[]").value())
                    .isEqualTo(pool.pids().getFirst().toString());
            pool.awaitExits(ExitReason.FRESH, ExitReason.FRESH);
        }
    }
}
