package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals out of nowhere, F42, and the kill that takes the forkserver. */
class SignalTest {
    private static final int TIMES = 300;

    @TempDir private Path folder;

    @Test
    void a_storm_of_signals_disturbs_neither_workers_nor_their_forkserver() throws Exception {
        try (var pool = FaultPool.of(2)) {
            var workers = pool.awaitWorkers(2);
            long forkserver = parentOf(workers.getFirst());
            var storms =
                    List.of(
                            storm(workers, "USR1", "USR2", "PIPE", "CHLD"),
                            storm(
                                    List.of(forkserver),
                                    "USR1",
                                    "USR2",
                                    "PIPE",
                                    "CHLD",
                                    "HUP",
                                    "INT",
                                    "QUIT",
                                    "ALRM"));
            var calls =
                    IntStream.range(0, 100)
                            .mapToObj(call -> pool.applying("tasks.nap", "[0.01]", ""))
                            .toList();
            calls.forEach(call -> assertThat(call.join().body()).isEqualTo("0.01"));
            storms.forEach(CompletableFuture::join);

            assertThat(pool.awaitWorkers(2)).isEqualTo(workers);
            pool.requireWorks();
            // The forkserver has noticed all the same what it has to.
            Processes.kill(workers.getFirst());
            Waiting.until("a new one", () -> !pool.pids("idle").contains(workers.getFirst()));
            assertThat(pool.awaitWorkers(2)).allMatch(pid -> parentOf(pid) == forkserver);
        }
    }

    /** In a worker everything else does what it does in any Python program, and the task ends with the evidence. */
    @Test
    void a_hangup_ends_the_worker_that_gets_it() throws Exception {
        try (var pool = FaultPool.of(1)) {
            var running = pool.submit("tasks.nap", "[600]");
            Waiting.until("it runs", () -> pool.pids("busy").size() == 1);
            Processes.storm(pool.pids("busy"), 1, "HUP");
            var problem = pool.await(running).path("problem");
            assertThat(problem.path("type").asString())
                    .isEqualTo("urn:procpool:problem:worker-lost");
            assertThat(problem.path("signal").asInt()).isEqualTo(1);
            pool.requireWorks();
        }
    }

    /** Its workers go with it, and what their tasks have started; then there is another one. */
    @Test
    void the_kill_of_the_forkserver_costs_what_runs_and_the_pool_goes_on() throws Exception {
        var ledger = folder.resolve("pids");
        try (var pool = FaultPool.of(2)) {
            var workers = pool.awaitWorkers(2);
            long forkserver = parentOf(workers.getFirst());
            var running = pool.submit("faults.be_parent", "[\"" + ledger + "\"]");
            var family = FaultPool.awaitPids(ledger, 2);

            Processes.kill(forkserver);

            var problem = pool.await(running).path("problem");
            assertThat(problem.path("type").asString())
                    .isEqualTo("urn:procpool:problem:worker-lost");
            assertThat(problem.path("reason").asString()).isIn("forkserver_lost", "crash_signal");
            Waiting.until(
                    "all are gone",
                    () ->
                            Stream.concat(workers.stream(), family.stream())
                                    .noneMatch(Processes::alive));
            pool.requireWorks();
            assertThat(pool.awaitWorkers(2)).doesNotContainAnyElementsOf(workers);
        }
    }

    private static CompletableFuture<Void> storm(List<Long> pids, String... signals) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        Processes.storm(pids, TIMES, signals);
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                });
    }

    private static long parentOf(long pid) {
        return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
    }
}
