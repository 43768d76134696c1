package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A worker that dies costs its own task and nothing else, and is replaced. F1, F2, F5, F6, F16, F33. */
interface DeathContract extends Contract {
    private static void assertEnd(JsonNode where, String how) {
        switch (how) {
            case "kill" -> assertThat(where.path("signal").asInt()).isEqualTo(9);
            case "segfault" -> assertThat(where.path("signal").asInt()).isIn(6, 11);
            case "abort" -> assertThat(where.path("signal").asInt()).isEqualTo(6);
            default ->
                    assertThat(where.path("exitcode").asInt(-1)).isEqualTo(Integer.parseInt(how));
        }
        assertThat(where.path("signal").isNumber()).isNotEqualTo(where.path("exitcode").isNumber());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "segfault", "abort", "0", "7"})
    default void a_task_whose_worker_dies_is_lost_with_the_evidence(String how) {
        var job = shared().run("faults.crash", "[\"" + how + "\"]", "");

        var problem = job.path("problem");
        assertThat(problem.path("type").asString())
                .as(job.toString())
                .isEqualTo(ContractPool.PROBLEM + "worker-lost");
        assertThat(problem.path("reason").asString())
                .isEqualTo(how.matches("\\d") ? "crash_exit" : "crash_signal");
        assertThat(problem.path("output_tail").asString()).contains("crash by " + how);
        assertEnd(problem, how);
        assertThat(job.path("attempts").size()).isEqualTo(1);
        var attempt = job.path("attempts").path(0);
        assertEnd(attempt, how);
        assertThat(attempt.path("output_tail").asString()).contains("crash by " + how);
        assertThat(Processes.alive(attempt.path("pid").asLong())).isFalse();
        shared().requireWorks();
        assertThat(shared().state().path("health").path("status").asString()).isEqualTo("ok");
    }

    @Test
    default void what_a_lost_task_has_cost_is_known() {
        require(Trait.COST_OF_LOSS);
        var attempt = shared().run("faults.crash", "[\"7\"]", "").path("attempts").path(0);
        assertThat(attempt.path("cpu_seconds").asDouble()).isPositive();
        assertThat(attempt.path("peak_rss").asLong()).isPositive();
    }

    @Test
    default void the_neighbour_of_a_worker_that_dies_is_not_touched(@TempDir Path folder)
            throws Exception {
        require(Trait.OWN_PROCESS);
        var pool = shared();
        pool.awaitWorkers(2);
        var go = folder.resolve("go");
        var neighbour = pool.submit("faults.wait_for", go);
        pool.awaitBusy(1);
        var untouched = pool.pids("busy").getFirst();
        pool.problem("faults.crash", "[\"kill\"]", "worker-lost");
        assertThat(pool.awaitWorkers(2)).contains(untouched);
        Files.createFile(go);
        var done = pool.await(neighbour);
        assertThat(done.path("attempts").size()).isEqualTo(1);
        assertThat(done.path("attempts").path(0).path("pid").asLong()).isEqualTo(untouched);
    }

    @Test
    default void a_map_that_loses_a_worker_fails_or_collects() {
        require(Trait.OWN_PROCESS);
        var items = "[[0,2,\"kill\"],[1,2,\"kill\"],[2,2,\"kill\"],[3,2,\"kill\"]]";
        var map = shared().map("faults.crash_if", items, ",\"chunksize\":1");
        shared().problem("starmap", map, 422, "worker-lost");
        var how = ",\"chunksize\":1,\"errors\":\"collect\"";
        var collected =
                ContractPool.json(
                        shared().body("starmap", shared().map("faults.crash_if", items, how)));
        assertThat(collected.path("values").toString()).isEqualTo("[0,1,null,3]");
        assertThat(collected.path("errors").size()).isEqualTo(1);
        assertThat(collected.path("errors").path(0).path("index").asInt()).isEqualTo(2);
    }

    @Test
    default void an_idle_worker_that_is_killed_is_replaced_and_no_task_is_charged()
            throws Exception {
        try (var pool = pool(1, "")) {
            var before = pool.awaitWorkers(1);
            before.forEach(Processes::kill);
            pool.awaitReplaced(before);
            var job = pool.run("tasks.pid", "[]", "");
            assertThat(job.path("state").asString()).isEqualTo("succeeded");
            assertThat(job.path("attempts").size()).isEqualTo(1);
            assertThat(pool.exits("crash_signal")).isEqualTo(1);
            for (int round = 0; round < 3; round++) {
                pool.awaitWorkers(1).forEach(Processes::kill);
                pool.requireWorks(); // whatever the call meets
            }
            assertThat(pool.state().path("health").path("status").asString()).isEqualTo("ok");
        }
    }

    @Test
    default void all_workers_may_die_at_once(@TempDir Path folder) throws Exception {
        var pool = shared();
        var before = pool.awaitWorkers(2);
        var ledger = folder.resolve("ledger");
        var running = List.of(pool.begin(ledger), pool.begin(ledger));
        new HashSet<>(before).forEach(Processes::kill);
        for (var result : running) {
            var problem = pool.await(result).path("problem");
            assertThat(problem.path("type").asString())
                    .isEqualTo(ContractPool.PROBLEM + "worker-lost");
            assertThat(problem.path("signal").asInt()).isEqualTo(9);
        }
        assertThat(pool.awaitWorkers(2)).doesNotContainAnyElementsOf(before);
        pool.requireWorks();
    }

    @ParameterizedTest
    @CsvSource({"return", "kill", "3"})
    default void what_a_task_leaves_behind_is_ended_and_is_gone_when_its_value_is_told(
            String how, @TempDir Path folder) throws Exception {
        require(Trait.OWN_PROCESS);
        if (how.equals("return")) {
            require(Trait.TIDY); // what a dead one has left behind is the business of the service
        }
        var ledger = folder.resolve("daemon");
        var job = shared().run("faults.leave_daemon", "[\"" + ledger + "\",\"" + how + "\"]", "");
        assertThat(job.path("state").asString())
                .as(job.toString())
                .isEqualTo(how.equals("return") ? "succeeded" : "failed");
        var daemon = Long.parseLong(Files.readString(ledger).strip());
        if (how.equals("return")) {
            assertThat(Processes.alive(daemon)).isFalse();
        }
        Waiting.until("it is gone", () -> !Processes.alive(daemon));
        shared().requireWorks();
    }

    @Test
    default void a_worker_that_a_client_kills_is_replaced(@TempDir Path folder) throws Exception {
        try (var pool = pool(1, "")) {
            var running = pool.begin(folder.resolve("ledger"));
            var worker = pool.workers("busy").getFirst();
            var path = pool.path() + "/workers/" + worker.path("id").asLong();
            pool.service().delete(path + "?kill=true").then().statusCode(202);
            assertThat(pool.await(running).path("problem").path("reason").asString())
                    .isEqualTo("killed");
            Waiting.until("it is gone", () -> !Processes.alive(worker.path("pid").asLong()));
            pool.requireWorks();
        }
    }
}
