package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A worker that dies costs its own task and nothing else. Fault cases F1, F2, F5, F6, F8 of the reliability research. */
class WorkerDeathTest {
    private static final String LOST = "urn:procpool:problem:worker-lost";
    private static final String RAISED = "urn:procpool:problem:function-raised";

    private static final int KILLS = 100;

    @TempDir private Path folder;

    /** F1, F5, F6. */
    @ParameterizedTest
    @CsvSource({
        "kill,     9,  ,  crash_signal",
        "segfault, 11, ,  crash_signal",
        "abort,    6,  ,  crash_signal",
        "0,        ,   0, crash_exit",
        "7,        ,   7, crash_exit"
    })
    void a_task_whose_worker_dies_is_lost_with_the_evidence_and_its_neighbour_is_not_touched(
            String how, Integer signal, Integer exitcode, String reason) throws Exception {
        try (var pool = FaultPool.of(2)) {
            pool.awaitWorkers(2);
            var go = folder.resolve("go");
            var neighbour = pool.submit("faults.wait_for", "[\"" + go + "\"]");
            Waiting.until("the neighbour runs", () -> pool.pids("busy").size() == 1);
            var untouched = pool.pids("busy").getFirst();

            var job = pool.run("faults.crash", "[\"" + how + "\"]");

            assertThat(job.path("state").asString()).isEqualTo("failed");
            var problem = job.path("problem");
            assertThat(problem.path("type").asString()).isEqualTo(LOST);
            assertThat(problem.path("reason").asString()).isEqualTo(reason);
            assertThat(problem.path("output_tail").asString()).contains("crash by " + how);
            assertEnd(problem, signal, exitcode);
            assertThat(job.path("attempts").size()).isEqualTo(1);
            var attempt = job.path("attempts").path(0);
            assertEnd(attempt, signal, exitcode);
            assertThat(attempt.path("output_tail").asString()).contains("crash by " + how);
            assertThat(attempt.path("cpu_seconds").asDouble()).isPositive();
            assertThat(attempt.path("peak_rss").asLong()).isPositive();

            long dead = attempt.path("pid").asLong();
            assertThat(Processes.alive(dead)).isFalse();
            assertThat(pool.awaitWorkers(2)).contains(untouched).doesNotContain(dead);
            assertThat(pool.exits(reason)).isEqualTo(1);
            Files.createFile(go);
            var done = pool.await(neighbour);
            assertThat(done.path("state").asString()).isEqualTo("succeeded");
            assertThat(done.path("attempts").size()).isEqualTo(1);
            assertThat(done.path("attempts").path(0).path("pid").asLong()).isEqualTo(untouched);
        }
    }

    private static void assertEnd(JsonNode where, Integer signal, Integer exitcode) {
        assertThat(where.path("signal").isNumber()).isEqualTo(signal != null);
        assertThat(where.path("exitcode").isNumber()).isEqualTo(exitcode != null);
        assertThat(where.path("signal").asInt(-1)).isEqualTo(signal == null ? -1 : signal);
        assertThat(where.path("exitcode").asInt(-1)).isEqualTo(exitcode == null ? -1 : exitcode);
    }

    /** F5: what faulthandler prints says where it was, and there is no core file. */
    @Test
    void a_segfault_shows_where_it_was_and_leaves_no_core() {
        try (var pool = FaultPool.of(1)) {
            var answer = pool.apply("faults.crash", "[\"segfault\"]");
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/problem+json");
            assertThat(FaultPool.json(answer).path("output_tail").asString())
                    .contains("Fatal Python error: Segmentation fault", "faults.py", "in crash");
            assertThat(pool.value("faults.core_limit", "[]")).isEqualTo("[0,0]");
        }
    }

    /** F1 for a map: the lost chunk is the outcome of the map, or with collect of its own items only. */
    @Test
    void a_map_that_loses_a_worker_fails_or_collects() {
        try (var pool = FaultPool.of(2)) {
            var map =
                    "{\"func\": \"faults.crash_if\", \"iterable\": [[0, 2, \"kill\"], "
                            + "[1, 2, \"kill\"], [2, 2, \"kill\"], [3, 2, \"kill\"]], \"chunksize\": 1";
            var failed = pool.post("/starmap", map + "}");
            assertThat(failed.statusCode()).isEqualTo(422);
            assertThat(FaultPool.json(failed).path("type").asString()).isEqualTo(LOST);

            var collected =
                    FaultPool.json(pool.post("/starmap", map + ", \"errors\": \"collect\"}"));
            assertThat(collected.path("values").toString()).isEqualTo("[0,1,null,3]");
            assertThat(collected.path("errors").size()).isEqualTo(1);
            assertThat(collected.path("errors").path(0).path("index").asInt()).isEqualTo(2);
            assertThat(collected.path("errors").path(0).path("problem").path("type").asString())
                    .isEqualTo(LOST);
        }
    }

    /** F2. */
    @Test
    void an_idle_worker_that_is_killed_is_replaced_and_no_task_is_charged() throws Exception {
        try (var pool = FaultPool.of(1)) {
            pool.requireWorks();
            long before = pool.awaitWorkers(1).getFirst();
            Processes.kill(before);
            pool.awaitReplaced(before);
            long after = pool.awaitWorkers(1).getFirst();

            var job = pool.run("tasks.pid", "[]");
            assertThat(job.path("state").asString()).isEqualTo("succeeded");
            assertThat(job.path("attempts").size()).isEqualTo(1);
            assertThat(job.path("attempts").path(0).path("pid").asLong()).isEqualTo(after);
            assertThat(pool.exits("crash_signal")).isEqualTo(1);
            assertThat(pool.health().path("status").asString()).isEqualTo("ok");
        }
    }

    /** F2: the call is on its way to the worker when that dies. It has not begun, so it is not lost. */
    @Test
    void a_call_that_meets_the_death_of_an_idle_worker_is_not_charged() throws Exception {
        try (var pool = FaultPool.of(1)) {
            for (int round = 0; round < KILLS; round++) {
                Processes.kill(pool.awaitWorkers(1).getFirst());
                pool.requireWorks();
            }
        }
    }

    /** F6: who tries to leave by raising has not left. */
    @Test
    void a_system_exit_is_a_failure_of_the_task_and_the_worker_survives_it() throws Exception {
        try (var pool = FaultPool.of(1)) {
            long worker = pool.awaitWorkers(1).getFirst();
            var problem = pool.run("tasks.leave", "[3]").path("problem");
            assertThat(problem.path("type").asString()).isEqualTo(RAISED);
            assertThat(problem.path("exception").path("type").asString()).isEqualTo("SystemExit");
            assertThat(problem.path("exception").path("message").asString()).isEqualTo("3");
            assertThat(pool.servingPid()).isEqualTo(worker);
        }
    }

    /** F8: at a limit of the system's as well as at a size that there is not. */
    @ParameterizedTest
    @ValueSource(strings = {"faults.exhaust_memory", "faults.ask_for_too_much"})
    void a_memory_error_is_a_failure_of_the_task_and_the_worker_survives_it(String func)
            throws Exception {
        try (var pool = FaultPool.of(1)) {
            long worker = pool.awaitWorkers(1).getFirst();
            var problem = pool.run(func, "[]").path("problem");
            assertThat(problem.path("type").asString()).isEqualTo(RAISED);
            assertThat(problem.path("exception").path("type").asString()).isEqualTo("MemoryError");
            assertThat(pool.servingPid()).isEqualTo(worker);
        }
    }

    /** Pickling is not how answers travel here: what multiprocessing chokes on is an exception as any other. */
    @ParameterizedTest
    @CsvSource({
        "faults.raise_two_arguments, faults.TwoArguments, this and that",
        "faults.raise_unpicklable,   faults.Unpicklable,  as it is"
    })
    void an_exception_that_cannot_be_unpickled_is_told_like_any_other(
            String func, String type, String message) throws Exception {
        try (var pool = FaultPool.of(1)) {
            long worker = pool.awaitWorkers(1).getFirst();
            var answer = pool.apply(func, "[]");
            assertThat(answer.statusCode()).isEqualTo(422);
            var exception = FaultPool.json(answer).path("exception");
            assertThat(exception.path("type").asString()).isEqualTo(type);
            assertThat(exception.path("message").asString()).isEqualTo(message);
            assertThat(exception.path("traceback").asString()).contains("faults.py");
            assertThat(pool.servingPid()).isEqualTo(worker);
        }
    }
}
