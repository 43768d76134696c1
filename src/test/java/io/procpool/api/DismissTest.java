package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Service;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** DELETE of a worker: it goes when it has finished, or at once. */
class DismissTest {
    private static final String PID = "{\"func\":\"tasks.pid\"}";

    private static Response dismiss(OwnPool pool, String id) {
        return pool.service().delete(pool.path() + "/workers/" + id);
    }

    private static JsonNode dismissed(OwnPool pool, String id) {
        var answer = dismiss(pool, id);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(202);
        return Service.json(answer);
    }

    private static String onlyId(OwnPool pool) {
        assertThat(pool.workers()).hasSize(1);
        return pool.workers().getFirst().get("id").asString();
    }

    private static String idOf(OwnPool pool, String pid) {
        return pool.workers().stream()
                .filter(worker -> worker.get("pid").toString().equals(pid))
                .map(worker -> worker.get("id").asString())
                .findFirst()
                .orElseThrow();
    }

    private static void awaitGone(OwnPool pool, String id) throws InterruptedException {
        until(
                "worker " + id + " is gone",
                () ->
                        pool.workers().stream()
                                .noneMatch(worker -> worker.get("id").asString().equals(id)));
    }

    private static double exits(OwnPool pool, String reason) {
        return pool.metric("procpool_worker_exits_total", "reason", reason);
    }

    private static double allExits(OwnPool pool) {
        return pool.metric("procpool_worker_exits_total");
    }

    @Test
    void an_idle_worker_is_replaced() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            pool.awaitIdle(1);
            var pid = pool.value("apply", PID);
            var id = onlyId(pool);
            var worker = dismissed(pool, id);
            assertThat(worker.get("id").asString()).isEqualTo(id);
            assertThat(worker.get("pid").toString()).isEqualTo(pid);
            assertThat(worker.get("retiring").asBoolean()).isTrue();
            awaitGone(pool, id);
            pool.awaitIdle(1);
            assertThat(pool.value("apply", PID)).isNotEqualTo(pid);
            assertThat(pool.workers().getFirst().get("retiring").asBoolean()).isFalse();
            until("its exit is counted", () -> exits(pool, "retired") == 1);
            assertThat(allExits(pool)).isEqualTo(1);
            problem(dismiss(pool, id), 404, "worker-unknown");
            problem(dismiss(pool, id + "?kill=true"), 404, "worker-unknown");
        }
    }

    @Test
    void a_busy_worker_finishes_first_and_its_replacement_is_there_before_it_goes()
            throws Exception {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            pool.awaitIdle(1);
            var id = onlyId(pool);
            var result = gate.occupy(pool);
            assertThat(dismissed(pool, id).get("state").asString()).isEqualTo("busy");
            assertThat(dismissed(pool, id).get("retiring").asBoolean()).isTrue();
            assertThat(pool.service().get(result).jsonPath().getString("state"))
                    .isEqualTo("running");
            gate.open();
            assertThat(pool.service().await(result).get("state").asString()).isEqualTo("succeeded");
            awaitGone(pool, id);
            pool.awaitIdle(1);
            until("its exit is counted", () -> exits(pool, "retired") == 1);
            assertThat(allExits(pool)).isEqualTo(1);
        }
    }

    /** A call that has begun: one whose worker is killed before it has read it is given to another. */
    private static String begun(OwnPool pool, Gate gate) throws Exception {
        var ledger = Ledger.empty();
        var result =
                pool.submit(
                        "apply",
                        "{\"func\":\"api_functions.note_and_wait\",\"args\":["
                                + ledger.json()
                                + ",1,"
                                + gate.json()
                                + "]}");
        until("it has begun", () -> !ledger.lines().isEmpty());
        return result;
    }

    @Test
    void a_worker_that_is_killed_loses_its_task_and_is_replaced() throws Exception {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            pool.awaitIdle(1);
            var id = onlyId(pool);
            long pid = pool.pids().getFirst();
            var result = begun(pool, gate);
            dismissed(pool, id + "?kill=false");
            dismissed(pool, id + "?kill=true");
            var lost = pool.service().await(result);
            assertThat(lost.get("state").asString()).isEqualTo("failed");
            var problem = lost.get("attempts").get(0).get("problem");
            assertThat(problem.get("type").asString()).endsWith(":worker-lost");
            assertThat(problem.get("reason").asString()).isEqualTo("killed");
            assertThat(problem.get("signal").asInt()).isEqualTo(9);
            awaitGone(pool, id);
            assertThat(Processes.alive(pid)).isFalse();
            pool.awaitIdle(1);
            until("its exit is counted", () -> exits(pool, "killed") == 1);
            assertThat(allExits(pool)).isEqualTo(1);
        }
    }

    /** It takes the host process with it, but the neighbour's task is not charged with that. */
    @Test
    void a_thread_that_is_killed_loses_its_task_and_no_other() throws Exception {
        try (var pool = OwnPool.of("{\"processes\":2,\"kind\":\"thread\",\"grace\":0.2}");
                var gate = new Gate()) {
            pool.awaitIdle(2);
            var lost = begun(pool, gate);
            var id =
                    pool.workers().stream()
                            .filter(worker -> worker.get("state").asString().equals("busy"))
                            .map(worker -> worker.get("id").asString())
                            .findFirst()
                            .orElseThrow();
            var neighbour = gate.occupy(pool);
            dismissed(pool, id + "?kill=true");
            var problem = pool.service().await(lost).at("/attempts/0/problem");
            assertThat(problem.get("reason").asString()).isEqualTo("killed");
            assertThat(problem.get("signal").asInt()).isEqualTo(9);
            gate.open();
            assertThat(pool.service().await(neighbour).get("state").asString())
                    .isEqualTo("succeeded");
            pool.awaitIdle(2);
            until("its exit is counted", () -> exits(pool, "killed") == 1);
            assertThat(exits(pool, "host_recycled")).isEqualTo(1);
        }
    }

    @Test
    void idle_workers_that_are_killed_are_no_trouble_of_the_pools() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(2)) {
            for (int round = 1; round <= 4; round++) {
                pool.awaitIdle(2);
                for (var worker : pool.workers()) {
                    dismissed(pool, worker.get("id").asString() + "?kill=true");
                    assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}"))
                            .isEqualTo("2");
                }
                double killed = 2 * round;
                until("both exits are counted", () -> exits(pool, "killed") == killed);
            }
            assertThat(pool.resource().get("health").get("status").asString()).isEqualTo("ok");
            pool.awaitIdle(2);
            assertThat(allExits(pool)).isEqualTo(8);
        }
    }

    @Test
    void one_that_is_being_initialised_can_be_killed() throws Exception {
        try (var gate = new Gate();
                var pool =
                        OwnPool.of(
                                "{\"processes\":1,\"initializer\":\"api_functions.initialize_when\",\"initargs\":["
                                        + gate.json()
                                        + "]}")) {
            until("it starts", () -> !pool.workers().isEmpty());
            var id = onlyId(pool);
            assertThat(dismissed(pool, id + "?kill=true").get("state").asString())
                    .isEqualTo("starting");
            awaitGone(pool, id);
            until("its exit is counted", () -> exits(pool, "killed") == 1);
            assertThat(pool.resource().get("health").get("status").asString()).isEqualTo("ok");
            gate.open();
            pool.awaitIdle(1);
        }
    }

    @Test
    void one_that_does_not_end_when_it_is_retired_can_be_killed() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1,\"grace\":300}")) {
            pool.awaitIdle(1);
            var id = onlyId(pool);
            pool.value("apply", "{\"func\":\"api_dismissed.hang_at_exit\"}");
            dismissed(pool, id);
            until(
                    "it is asked to go",
                    () ->
                            pool.workers().stream()
                                    .anyMatch(
                                            worker ->
                                                    worker.get("state")
                                                            .asString()
                                                            .equals("stopping")));
            assertThat(pool.value("apply", PID)).isNotBlank();
            dismissed(pool, id);
            dismissed(pool, id + "?kill=true");
            awaitGone(pool, id);
            pool.awaitIdle(1);
        }
    }

    @Test
    void a_worker_that_can_not_be_replaced_stays() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            pool.awaitIdle(1);
            var pid = pool.value("apply", PID);
            PatchTest.patch(
                            pool.service(),
                            pool.path(),
                            "{\"initializer\":\"tasks.broken_initializer\"}")
                    .then()
                    .statusCode(200);
            until(
                    "the pool is degraded",
                    () -> "degraded".equals(pool.resource().at("/health/status").asString()));
            dismissed(pool, idOf(pool, pid));
            until("it was tried in vain", () -> pool.resource().at("/health/failures").asInt() > 2);
            assertThat(pool.value("apply", PID)).isEqualTo(pid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "999", "-1", "x", "1x", "01", "+1", "99999999999999999999", "%20"})
    void an_id_that_is_none_is_404(String id) throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            problem(dismiss(pool, id), 404, "worker-unknown");
            problem(pool.service().delete("/v1/pools/nowhere/workers/" + id), 404, "pool-unknown");
            assertThat(pool.workers().getFirst().get("retiring").asBoolean()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "1", "", "TRUE"})
    void kill_is_true_or_false(String kill) throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            problem(dismiss(pool, onlyId(pool) + "?kill=" + kill), 400, "bad-request");
            assertThat(pool.workers().getFirst().get("retiring").asBoolean()).isFalse();
        }
    }

    @Test
    void a_terminated_pool_has_none() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            var id = onlyId(pool);
            pool.service().post(pool.path() + "/terminate", "");
            pool.service().post(pool.path() + "/join", "").then().statusCode(204);
            problem(dismiss(pool, id), 404, "worker-unknown");
        }
    }
}
