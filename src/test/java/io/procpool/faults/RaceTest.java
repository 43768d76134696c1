package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An end that comes together with another one: one outcome, for good. F36, F38, F39. */
class RaceTest {
    private static final int CANCELS = 1_000;
    private static final int TIMEOUTS = 200;
    private static final int CRASHES = 100;
    private static final int CLIENTS = 4;

    @TempDir private Path folder;

    /** F38. */
    @Test
    void a_cancel_that_races_the_end_of_its_task_leaves_one_outcome() throws Exception {
        var ledger = folder.resolve("ledger");
        try (var pool = FaultPool.of(2)) {
            var ends =
                    race(
                            CANCELS,
                            round -> {
                                var random = new Random(round);
                                var job =
                                        pool.submit(
                                                "faults.record",
                                                "[\"" + ledger + "\", " + round + "]");
                                LockSupport.parkNanos(random.nextInt(4_000_000));
                                pool.cancel(job);
                                var end = pool.await(job);
                                assertStable(pool, job, end, "" + round);
                                return end;
                            });
            assertThat(ends).containsOnly("succeeded", "cancelled");
            var lines = FaultPool.lines(ledger);
            assertThat(lines).doesNotHaveDuplicates();
            assertThat(lines.size())
                    .isGreaterThanOrEqualTo(Collections.frequency(ends, "succeeded"));
            assertWhole(pool);
        }
    }

    /** F39: tasks that take about as long as they may. */
    @Test
    void a_time_limit_that_races_the_end_of_its_task_leaves_one_outcome() throws Exception {
        try (var pool = FaultPool.of(2)) {
            var ends =
                    race(
                            TIMEOUTS,
                            round -> {
                                double seconds = 0.03 + 0.02 * round / TIMEOUTS;
                                var job =
                                        pool.submit(
                                                "tasks.nap",
                                                "[" + seconds + "]",
                                                ", \"timeout\": 0.04");
                                var end = pool.await(job);
                                assertStable(pool, job, end, "" + seconds);
                                return end;
                            });
            assertThat(ends).containsOnly("succeeded", "timed-out");
            assertWhole(pool);
        }
    }

    /** F36: the order to kill comes when there is nobody left to kill, and may be somebody else by then. */
    @Test
    void a_cancel_that_races_the_death_of_its_worker_reaches_nobody_else() throws Exception {
        try (var bystanders = FaultPool.of(2);
                var pool = FaultPool.of(2)) {
            var before = bystanders.awaitWorkers(2);
            var ends =
                    race(
                            CRASHES,
                            round -> {
                                var job = pool.submit("faults.crash", "[\"kill\"]");
                                LockSupport.parkNanos(new Random(round).nextInt(30_000_000));
                                pool.cancel(job);
                                var end = pool.await(job);
                                assertStable(pool, job, end, "");
                                return end;
                            });
            assertThat(ends).containsAnyOf("worker-lost").doesNotContain("succeeded");
            assertThat(bystanders.awaitWorkers(2)).isEqualTo(before);
            assertThat(before).allMatch(Processes::alive);
            assertWhole(pool);
        }
    }

    /** Runs the rounds from several threads. Returns how each job ended: its state, or the problem it failed with. */
    private static List<String> race(int rounds, IntFunction<JsonNode> round) throws Exception {
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var running =
                    IntStream.range(0, rounds)
                            .mapToObj(number -> clients.submit(() -> round.apply(number)))
                            .toList();
            var ends = new ArrayList<String>();
            for (var end : running) {
                ends.add(describe(end.get()));
            }
            return ends;
        }
    }

    private static String describe(JsonNode end) {
        var state = end.path("state").asString();
        return state.equals("failed")
                ? end.path("problem").path("type").asString().replaceFirst(".*:", "")
                : state;
    }

    /** The outcome is what the attempt says, and stays whatever is asked. */
    private static void assertStable(FaultPool pool, String job, JsonNode end, String value) {
        var first = pool.get(job + "/value");
        assertThat(pool.cancel(job)).isEqualTo(end);
        var second = pool.get(job + "/value");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.statusCode()).isEqualTo(first.statusCode());
        assertThat(end.path("attempts").size()).isLessThanOrEqualTo(1);
        if (end.path("successful").asBoolean()) {
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.body()).isEqualTo(value);
            assertThat(end.path("attempts").path(0).path("problem").isNull()).isTrue();
        } else {
            assertThat(first.statusCode()).isEqualTo(422);
            assertThat(first.body()).contains("urn:procpool:problem:" + describe(end) + "\"");
        }
    }

    private static void assertWhole(FaultPool pool) throws Exception {
        assertThat(pool.awaitWorkers(2)).allMatch(Processes::alive);
        assertThat(pool.state().path("queued").asInt()).isZero();
        for (int call = 0; call < 10; call++) {
            pool.requireWorks();
        }
        assertThat(pool.health().path("status").asString()).isEqualTo("ok");
    }
}
