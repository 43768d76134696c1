package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A task that does not end is ended by its time limit, by cancel or by terminate. F10, F11, F12, F13. */
class StuckTaskTest {
    private static final String TIMED_OUT = "urn:procpool:problem:timed-out";

    @TempDir private Path folder;

    /** F10, F11: in Python code, in C code that holds the interpreter's lock, asleep. */
    @ParameterizedTest
    @CsvSource({"tasks.spin, []", "faults.sum_for_ever, []", "tasks.nap, [600]"})
    void a_task_over_its_time_limit_is_killed_and_timed_out(String func, String args)
            throws Exception {
        try (var pool = FaultPool.of(1)) {
            long before = pool.awaitWorkers(1).getFirst();
            var answer = pool.apply(func, args, ", \"timeout\": 0.3");
            assertThat(answer.statusCode()).isEqualTo(422);
            var problem = FaultPool.json(answer);
            assertThat(problem.path("type").asString()).isEqualTo(TIMED_OUT);
            assertThat(problem.path("timeout").asDouble()).isEqualTo(0.3);

            var attempt =
                    FaultPool.json(
                                    pool.get(
                                            "/v1/results/"
                                                    + answer.headers()
                                                            .firstValue("Procpool-Result")
                                                            .orElseThrow()))
                            .path("attempts")
                            .path(0);
            assertThat(attempt.path("pid").asLong()).isEqualTo(before);
            assertThat(attempt.path("signal").asInt()).isEqualTo(15);
            assertThat(Processes.alive(before)).isFalse();
            pool.requireWorks();
            assertThat(pool.exits("task_timeout")).isEqualTo(1);
        }
    }

    /** F13, by the time limit. */
    @Test
    void a_task_that_ignores_sigterm_is_killed_after_grace() {
        try (var pool = FaultPool.of(1, ", \"grace\": 0.3")) {
            var deaf = pool.value("faults.stop_listening", "[]");
            var job = pool.run("tasks.spin", "[]", ", \"timeout\": 0.3");
            assertThat(job.path("problem").path("type").asString()).isEqualTo(TIMED_OUT);
            var attempt = job.path("attempts").path(0);
            assertThat(attempt.path("pid").asString()).isEqualTo(deaf);
            assertThat(attempt.path("signal").asInt()).isEqualTo(9);
            assertThat(Processes.alive(Long.parseLong(deaf))).isFalse();
            pool.requireWorks();
        }
    }

    /** F13, by cancel: the job is cancelled when its worker is gone, not before. */
    @Test
    void a_cancelled_task_that_ignores_sigterm_is_killed_after_grace() throws Exception {
        try (var pool = FaultPool.of(1, ", \"grace\": 0.3")) {
            var ledger = folder.resolve("pid");
            var running = pool.submit("faults.be_deaf", "[\"" + ledger + "\"]");
            long pid = FaultPool.awaitPids(ledger, 1).getFirst();
            pool.cancel(running);
            var job = pool.await(running);
            assertThat(job.path("state").asString()).isEqualTo("cancelled");
            assertThat(job.path("attempts").path(0).path("signal").asInt()).isEqualTo(9);
            assertThat(Processes.alive(pid)).isFalse();
            pool.requireWorks();
            assertThat(pool.exits("cancel")).isEqualTo(1);
        }
    }

    /** F12: stopped is not slow. No time limit is needed to find out. */
    @Test
    void a_worker_that_was_stopped_is_killed_and_its_task_lost() throws Exception {
        try (var pool = FaultPool.of(1)) {
            var ledger = folder.resolve("pid");
            var running = pool.submit("faults.begin_for_ever", "[\"" + ledger + "\"]");
            var pid = FaultPool.awaitPids(ledger, 1);
            Processes.storm(pid, 1, "STOP");
            var problem = pool.await(running).path("problem");
            assertThat(problem.path("type").asString())
                    .isEqualTo("urn:procpool:problem:worker-lost");
            assertThat(problem.path("reason").asString()).isEqualTo("unresponsive");
            assertThat(problem.path("signal").asInt()).isEqualTo(9);
            pool.requireWorks();
        }
    }

    /** Whoever sends must not wait for who does not read: the arguments are more than a socket takes. */
    @Test
    void a_call_that_its_worker_does_not_read_times_out_as_well() throws Exception {
        try (var pool = FaultPool.of(1, ", \"grace\": 0.3")) {
            var worker = pool.awaitWorkers(1);
            Processes.storm(worker, 1, "STOP");
            var big = "[\"" + "x".repeat(4 << 20) + "\"]";
            var job = pool.run("tasks.echo", big, ", \"timeout\": 0.3");
            assertThat(job.path("problem").path("type").asString()).isEqualTo(TIMED_OUT);
            var attempt = job.path("attempts").path(0);
            assertThat(attempt.path("pid").asLong()).isEqualTo(worker.getFirst());
            assertThat(attempt.path("signal").asInt()).isEqualTo(9);
            assertThat(pool.value("tasks.echo", big)).hasSize((4 << 20) + 2);
        }
    }

    /** terminate with results pending: what runs, what waits, and who waits for an answer. */
    @Test
    void terminate_ends_what_runs_and_what_waits_and_the_name_can_be_used_again() throws Exception {
        try (var pool = FaultPool.of(2, ", \"grace\": 0.3")) {
            var ledger = folder.resolve("pids");
            var stuck = pool.submit("tasks.nap", "[600]");
            var deaf = pool.submit("faults.be_deaf", "[\"" + ledger + "\"]");
            Waiting.until("both run", () -> pool.pids("busy").size() == 2);
            FaultPool.awaitPids(ledger, 1);
            var workers = pool.pids("busy");
            var waiting = pool.submit("tasks.add", "[1]");
            var caller = pool.applying("tasks.add", "[1]", "");
            Waiting.until("two wait", () -> pool.state().path("queued").asInt() == 2);

            assertThat(pool.post("/terminate").statusCode()).isEqualTo(204);
            assertThat(pool.post("/join?timeout=60").statusCode()).isEqualTo(204);

            var answer = caller.join();
            assertThat(answer.statusCode()).isEqualTo(422);
            var ended = "urn:procpool:problem:pool-terminated";
            assertThat(FaultPool.json(answer).path("type").asString()).isEqualTo(ended);
            for (var job : new String[] {stuck, deaf, waiting}) {
                var problem = pool.await(job).path("problem");
                assertThat(problem.path("type").asString()).as(job).isEqualTo(ended);
            }
            assertThat(workers).noneMatch(Processes::alive);
            assertThat(pool.apply("tasks.add", "[1]").statusCode()).isEqualTo(409);
            assertThat(pool.put("{\"processes\": 1}").statusCode()).isEqualTo(201);
            pool.requireWorks();
        }
    }
}
