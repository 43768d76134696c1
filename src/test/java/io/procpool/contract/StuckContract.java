package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tasks that do not end by themselves: time limit, cancel, stopped workers. F10, F11, F12, F13. */
interface StuckContract extends Contract {
    private static void requireEnd(JsonNode job, String type) {
        assertThat(job.path("problem").path("type").asString())
                .as(job.toString())
                .isEqualTo(ContractPool.PROBLEM + type);
        assertThat(Processes.alive(job.path("attempts").path(0).path("pid").asLong())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"tasks.spin, []", "tasks.nap, [600]", "tasks.spin_deaf, []"})
    default void a_task_over_its_time_limit_is_ended_and_its_worker_is_gone(
            String func, String args) throws Exception {
        if (func.endsWith("deaf")) {
            require(Trait.OWN_PROCESS); // a Python function sets signal handlers in the main thread
        }
        try (var pool = pool(1, "")) {
            pool.awaitWorkers(1);
            var job = pool.run(func, args, ",\"timeout\":0.3");
            requireEnd(job, "timed-out");
            assertThat(job.path("problem").path("timeout").asDouble()).isEqualTo(0.3);
            assertThat(job.path("attempts").path(0).path("signal").asInt())
                    .as(job.toString())
                    .isIn(func.endsWith("deaf") ? new Object[] {9} : new Object[] {9, 15});
            pool.requireWorks();
            assertThat(pool.exits("task_timeout")).isEqualTo(1);
        }
    }

    @Test
    default void a_running_task_can_be_cancelled_and_so_can_one_that_waits() throws Exception {
        try (var pool = pool(1, "")) {
            var running = pool.submit("apply", pool.call("tasks.spin", "[]", ""));
            pool.awaitBusy(1);
            var waiting = pool.submit("apply", pool.call("tasks.pid", "[]", ""));
            assertThat(pool.cancelled(waiting).path("attempts").size()).isZero();
            assertThat(pool.pids("busy")).hasSize(1);
            var job = pool.cancelled(running);
            requireEnd(job, "cancelled");
            pool.requireWorks();
            assertThat(pool.exits("cancel")).isEqualTo(1);
        }
    }

    @Test
    default void the_neighbour_of_a_task_that_is_ended_is_not_touched(@TempDir Path folder)
            throws Exception {
        require(Trait.OWN_PROCESS);
        try (var pool = pool(2, "")) {
            var go = folder.resolve("go");
            var neighbour = pool.submit("faults.wait_for", go);
            pool.awaitBusy(1);
            var untouched = pool.pids("busy").getFirst();
            requireEnd(pool.run("tasks.spin", "[]", ",\"timeout\":0.2"), "timed-out");
            var spinning = pool.submit("apply", pool.call("tasks.spin", "[]", ""));
            pool.awaitBusy(2);
            pool.cancelled(spinning);
            Files.createFile(go);
            var done = pool.await(neighbour);
            assertThat(done.path("state").asString()).isEqualTo("succeeded");
            assertThat(done.path("attempts").path(0).path("pid").asLong()).isEqualTo(untouched);
        }
    }

    /** It takes five seconds to be sure: the worker was stopped before the other tests, and this is the last. */
    @Test
    @Order(Integer.MAX_VALUE)
    default void a_worker_that_was_stopped_is_killed_and_its_task_lost() {
        var job = stopped().await();
        requireEnd(job, "worker-lost");
        assertThat(job.path("problem").path("reason").asString()).isEqualTo("unresponsive");
        assertThat(job.path("problem").path("signal").asInt()).isEqualTo(9);
        stopped().pool().requireWorks();
    }

    @Test
    default void what_runs_and_what_waits_ends_with_a_terminated_pool(@TempDir Path folder)
            throws Exception {
        try (var pool = pool(2, "")) {
            pool.awaitWorkers(2);
            var running = pool.submit("apply", pool.call("tasks.spin", "[]", ""));
            var other = pool.submit("faults.wait_for", folder.resolve("never"));
            pool.awaitBusy(2);
            var pids = pool.pids("busy");
            var waiting = pool.submit("apply", pool.call("tasks.pid", "[]", ""));
            var caller = pool.applying("tasks.pid", "[]");
            Waiting.until("both wait", () -> pool.state().path("queued").asInt() == 2);
            pool.terminate();
            for (var result : new String[] {running, other, waiting}) {
                assertThat(pool.await(result).path("problem").path("type").asString())
                        .isEqualTo(ContractPool.PROBLEM + "pool-terminated");
            }
            assertThat(caller.join().statusCode()).isEqualTo(422);
            assertThat(caller.join().asString()).contains("pool-terminated");
            assertThat(pids).noneMatch(Processes::alive);
        }
    }

    @Test
    default void a_closed_pool_finishes_what_it_has_and_then_its_workers_end(@TempDir Path folder)
            throws Exception {
        try (var pool = pool(1, "")) {
            var go = folder.resolve("go");
            var running = pool.submit("faults.wait_for", go);
            pool.awaitBusy(1);
            var pids = pool.pids("busy");
            var waiting = pool.submit("apply", pool.call("tasks.add", "[1]", ""));
            pool.service().post(pool.path() + "/close", "").then().statusCode(204);
            pool.problem("apply", pool.call("tasks.add", "[1]", ""), 409, "pool-not-running");
            pool.service().post(pool.path() + "/join?timeout=0", "").then().statusCode(202);
            Files.createFile(go);
            pool.service().post(pool.path() + "/join?timeout=60", "").then().statusCode(204);
            for (var result : new String[] {running, waiting}) {
                assertThat(pool.await(result).path("state").asString()).isEqualTo("succeeded");
            }
            assertThat(pids).noneMatch(Processes::alive);
        }
    }
}
