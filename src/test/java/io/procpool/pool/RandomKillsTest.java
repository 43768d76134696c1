package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to the processes: one call, one outcome. */
class RandomKillsTest {
    private static final int CALLS = Boolean.getBoolean("procpool.deep") ? 10_000 : 300;
    private static final int WORKERS = 4;

    @TempDir private Path folder;

    private volatile boolean over;

    @Test
    void every_call_has_exactly_one_outcome_under_random_kills_and_cancels() throws Exception {
        long seed = new Random().nextInt();
        var random = new Random(seed);
        var ledger = folder.resolve("ledger");
        Files.createFile(ledger);
        var calls = new ArrayList<Asked>();
        var pool = PythonPool.of(PythonPool.spec(WORKERS, 20, Duration.ofMillis(200)));
        var killer = Thread.ofPlatform().start(() -> kill(pool, new Random(seed + 1)));
        try {
            for (int i = 0; i < CALLS; i++) {
                calls.add(
                        random.nextInt(4) == 0
                                ? pool.call("rooms.slow", "[0.02," + i + "]")
                                : pool.call("rooms.note", "[\"" + ledger + "\"," + i + "]"));
                if (random.nextInt(10) == 0) {
                    calls.get(random.nextInt(calls.size())).cancel();
                }
            }
            calls.forEach(Asked::outcome);
        } finally {
            over = true;
            killer.join();
        }
        pool.awaitIdle(WORKERS);
        pool.close(); // now nothing is left that could tell a second outcome
        assertThat(calls)
                .as("seed %d", seed)
                .allSatisfy(call -> assertThat(call.outcomes()).isEqualTo(1));
        assertThat(
                        calls.stream()
                                .map(Asked::outcome)
                                .map(Outcome::label)
                                .collect(Collectors.toSet()))
                .as("seed %d", seed)
                .contains("succeeded", "worker_lost")
                .isSubsetOf("succeeded", "worker_lost", "cancelled");
        assertLedger(ledger, calls, seed);
    }

    private void kill(PythonPool pool, Random random) {
        while (!over) {
            var pids = pool.pids();
            if (!pids.isEmpty()) {
                PythonPool.kill(pids.get(random.nextInt(pids.size())));
            }
            waitALittle(random);
        }
    }

    private static void waitALittle(Random random) {
        try {
            Thread.sleep(random.nextInt(20)); // for kills at all moments; no test waits for it
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing runs twice in a pool, and what has returned has run. */
    private static void assertLedger(Path ledger, List<Asked> calls, long seed) throws Exception {
        var items =
                Files.readAllLines(ledger).stream()
                        .map(line -> Integer.valueOf(line.substring(line.indexOf(' ') + 1)))
                        .toList();
        assertThat(items).as("seed %d", seed).doesNotHaveDuplicates();
        for (int i = 0; i < calls.size(); i++) {
            var call = calls.get(i);
            if (call.func().equals("rooms.note") && call.outcome() instanceof Outcome.Returned) {
                assertThat(items).as("seed %d", seed).contains(i);
            }
        }
    }

    @Test
    void a_cancel_that_races_the_end_of_its_call_leaves_one_outcome_and_a_whole_pool()
            throws Exception {
        long seed = new Random().nextInt();
        var random = new Random(seed);
        try (var pool = PythonPool.of(PythonPool.spec(2, null, Duration.ofMillis(200)))) {
            int rounds = CALLS / 3;
            for (int i = 0; i < rounds; i++) {
                var call = pool.call("rooms.slow", "[0.0005]");
                if (random.nextBoolean()) {
                    call.startedIn();
                }
                long until = System.nanoTime() + random.nextInt(2_000_000);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                call.cancel();
                assertThat(call.outcome().label())
                        .as("seed %d, round %d", seed, i)
                        .isIn("succeeded", "cancelled");
                assertThat(call.outcomes()).isEqualTo(1);
            }
            pool.awaitIdle(2);
            assertThat(pool.call("rooms.pid", "[]").value()).isNotBlank();
        }
    }

    @Test
    void all_workers_at_once_are_killed_and_the_pool_is_whole_again() throws Exception {
        try (var pool = PythonPool.of(PythonPool.spec(WORKERS))) {
            for (int round = 0; round < 3; round++) {
                var calls = new ArrayList<Asked>();
                for (int i = 0; i < WORKERS; i++) {
                    calls.add(pool.hanging(folder));
                }
                pool.pids().forEach(PythonPool::kill);
                assertThat(calls)
                        .allSatisfy(
                                call ->
                                        assertThat(call.failure())
                                                .isInstanceOf(Failure.WorkerLost.class));
                pool.awaitIdle(WORKERS);
            }
            Waiting.until("every exit is told", () -> pool.exits().size() == 3 * WORKERS);
            assertThat(pool.failedStarts()).isZero();
        }
    }
}
