package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that somebody stops: for a moment, while it is idle, for good. F12 beside {@link StuckTaskTest}. */
class StoppedWorkerTest {
    @TempDir private Path folder;

    @Test
    void a_worker_that_goes_on_again_has_lost_nothing() throws Exception {
        try (var pool = FaultPool.of(1)) {
            var worker = pool.awaitWorkers(1);
            var go = folder.resolve("go");
            var running = pool.submit("faults.wait_for", "[\"" + go + "\"]");
            for (int again = 0; again < 3; again++) {
                Processes.storm(worker, 1, "STOP");
                pool.get(running + "?wait=0.4"); // longer than the service takes to look at it
                Processes.storm(worker, 1, "CONT");
            }
            Files.createFile(go);
            var job = pool.await(running);
            assertThat(job.path("state").asString()).isEqualTo("succeeded");
            assertThat(job.path("attempts").size()).isEqualTo(1);
            assertThat(pool.valueOf(job)).isEqualTo("" + worker.getFirst());
        }
    }

    /** Nobody looks at an idle worker: the call that it gets finds out, and the neighbour serves meanwhile. */
    @Test
    void a_call_that_meets_a_stopped_worker_ends_and_the_other_worker_goes_on() throws Exception {
        try (var pool = FaultPool.of(2)) {
            var workers = pool.awaitWorkers(2);
            var stopped = workers.getFirst();
            Processes.storm(List.of(stopped), 1, "STOP");
            var go = folder.resolve("go");
            var first = pool.submit("faults.wait_for", "[\"" + go + "\"]");
            var second = pool.submit("faults.wait_for", "[\"" + go + "\"]");
            Waiting.until("each has one", () -> pool.pids("busy").size() == 2);
            Files.createFile(go);
            for (int call = 0; call < 5; call++) {
                assertThat(pool.servingPid()).isEqualTo(workers.getLast());
            }
            var jobs = List.of(pool.await(first), pool.await(second));
            assertThat(jobs)
                    .filteredOn(job -> job.path("state").asString().equals("failed"))
                    .singleElement()
                    .satisfies(
                            job -> {
                                var problem = job.path("problem");
                                assertThat(problem.path("reason").asString())
                                        .isEqualTo("unresponsive");
                                assertThat(problem.path("signal").asInt()).isEqualTo(9);
                            });
            assertThat(Processes.alive(stopped)).isFalse();
            assertThat(pool.awaitWorkers(2)).contains(workers.getLast());
        }
    }

    /** It can't be asked to end, and SIGTERM waits with it. */
    @Test
    void an_idle_worker_that_is_stopped_does_not_hold_up_the_end_of_its_pool() throws Exception {
        try (var pool = FaultPool.of(2, ", \"grace\": 0.2")) {
            var workers = pool.awaitWorkers(2);
            Processes.storm(workers, 1, "STOP");
            assertThat(pool.post("/close").statusCode()).isEqualTo(204);
            assertThat(pool.post("/join?timeout=60").statusCode()).isEqualTo(204);
            assertThat(workers).noneMatch(Processes::alive);
        }
    }
}
