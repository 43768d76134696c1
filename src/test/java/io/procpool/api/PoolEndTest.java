package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** close, terminate, join and delete, as in multiprocessing. */
class PoolEndTest {
    private final Service service = Service.shared();

    private void post(OwnPool pool, String what, int status) {
        var answer = service.post(pool.path() + "/" + what, "");
        assertThat(answer.statusCode()).as(what + answer.asString()).isEqualTo(status);
    }

    @Test
    void a_closed_pool_finishes_what_it_has_accepted() throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(2);
                var gate = new Gate()) {
            var results = new ArrayList<String>();
            results.add(gate.occupy(pool));
            results.add(gate.occupy(pool));
            for (int job = 0; job < 10; job++) {
                results.add(pool.submit("apply", "{\"func\":\"tasks.add\",\"args\":[1]}"));
            }
            results.add(
                    pool.submit("map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2,3,4,5,6,7]}"));
            var sync = Later.request(() -> pool.apply("{\"func\":\"tasks.add\",\"args\":[2]}"));
            Waiting.until("the call waits", () -> pool.resource().get("queued").asInt() == 12);

            post(pool, "close", 204);
            assertThat(pool.resource().get("state").asString()).isEqualTo("CLOSE");
            problem(pool.apply("{\"func\":\"tasks.pid\"}"), 409, "pool-not-running");
            var early = service.post(pool.path() + "/join?timeout=0", "");
            assertThat(early.statusCode()).isEqualTo(202);
            assertThat(Service.json(early).get("state").asString()).isEqualTo("CLOSE");
            post(pool, "join?timeout=0.05", 202);
            gate.open();
            post(pool, "join", 204);
            for (var result : results) {
                assertThat(service.get(result).jsonPath().getString("state"))
                        .isEqualTo("succeeded");
            }
            assertThat(sync.join().asString()).isEqualTo("3");
            assertThat(pool.workers()).isEmpty();
            post(pool, "close", 204);
            post(pool, "join", 204);
        }
    }

    @Test
    void an_idle_pool_that_is_closed_ends_by_itself() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(3)) {
            pool.awaitIdle(3);
            post(pool, "close", 204);
            post(pool, "join", 204);
            assertThat(pool.workers()).isEmpty();
            assertThat(pool.metric("procpool_worker_exits_total", "reason", "drain")).isEqualTo(3);
        }
    }

    @Test
    void a_terminated_pool_ends_all_it_has_as_failed() throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            var done = pool.submit("apply", "{\"func\":\"tasks.add\",\"args\":[1]}");
            service.await(done);
            var running = gate.occupy(pool);
            var pending = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
            var map = pool.submit("map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2]}");
            var sync = Later.request(() -> pool.apply("{\"func\":\"tasks.pid\"}"));
            Waiting.until("the call waits", () -> pool.resource().get("queued").asInt() == 3);

            post(pool, "terminate", 204);
            for (var result : new String[] {running, pending, map}) {
                var end = service.await(result);
                assertThat(end.get("state").asString()).isEqualTo("failed");
                var problem = problem(service.get(result + "/value"), 422, "pool-terminated");
                assertThat(problem.get("pool").asString()).isEqualTo(pool.name());
            }
            problem(sync.join(), 422, "pool-terminated");
            post(pool, "join", 204);
            assertThat(pool.resource().get("state").asString()).isEqualTo("TERMINATE");
            assertThat(pool.workers()).isEmpty();
            assertThat(service.get(done + "/value").asString()).isEqualTo("2");
            post(pool, "close", 204);
            post(pool, "terminate", 204);
            assertThat(pool.resource().get("state").asString()).isEqualTo("TERMINATE");
        }
    }

    @Test
    void a_map_that_runs_when_its_pool_is_terminated_fails_too()
            throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(2);
                var gate = new Gate()) {
            var map =
                    pool.submit(
                            "map",
                            "{\"func\":\"api_functions.wait_for\",\"errors\":\"collect\",\"chunksize\":1,\"iterable\":["
                                    + gate.json()
                                    + ","
                                    + gate.json()
                                    + "]}");
            Waiting.until(
                    "both items run",
                    () -> pool.resource().get("workers").get("busy").asInt() == 2);
            post(pool, "close", 204);
            post(pool, "terminate", 204);
            post(pool, "join", 204);
            problem(service.get(map + "/value"), 422, "pool-terminated");
        }
    }

    @Test
    void a_pool_that_has_ended_can_be_made_anew() {
        try (var pool = OwnPool.ofProcesses(1)) {
            for (var end : new String[] {"close", "terminate"}) {
                post(pool, end, 204);
                post(pool, "join", 204);
                service.put(pool.path(), "{\"processes\":2,\"grace\":0.2}").then().statusCode(201);
                assertThat(pool.resource().get("state").asString()).isEqualTo("RUN");
                assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}"))
                        .isEqualTo("2");
            }
        }
    }

    @Test
    void a_deleted_pool_is_gone_and_its_results_stay() throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            var done = pool.submit("apply", "{\"func\":\"tasks.add\",\"args\":[1]}");
            service.await(done);
            var running = gate.occupy(pool);
            var pending = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
            long pid = pool.pids().getFirst();

            service.delete(pool.path()).then().statusCode(204);
            problem(service.get(pool.path()), 404, "pool-unknown");
            problem(service.delete(pool.path()), 404, "pool-unknown");
            problem(pool.apply("{\"func\":\"tasks.pid\"}"), 404, "pool-unknown");
            assertThat(service.get(done + "/value").asString()).isEqualTo("2");
            for (var result : new String[] {running, pending}) {
                service.await(result);
                problem(service.get(result + "/value"), 422, "pool-terminated");
            }
            Waiting.until("its worker is gone", () -> ProcessHandle.of(pid).isEmpty());

            service.put(pool.path(), "{\"processes\":1}").then().statusCode(201);
            assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[2]}")).isEqualTo("3");
            assertThat(service.get(done + "/value").asString()).isEqualTo("2");
        }
    }

    @Test
    void the_default_pool_can_be_ended_and_made_anew() {
        var own = LimitedService.get();
        own.post("/v1/pools/default/close", "").then().statusCode(204);
        own.post("/v1/pools/default/join", "").then().statusCode(204);
        problem(own.delete("/v1/pools/default"), 409, "pool-permanent");
        own.put("/v1/pools/default", "{\"processes\":1}").then().statusCode(201);
        var body = "{\"func\":\"math.sqrt\",\"args\":[9]}";
        assertThat(own.post("/v1/pools/default/apply", body).asString()).isEqualTo("3.0");
    }
}
