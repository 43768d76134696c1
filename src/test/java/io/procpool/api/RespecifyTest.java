package io.procpool.api;

import static io.procpool.service.Waiting.until;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Another specification for a pool that runs. */
class RespecifyTest {
    private final Service service = Service.shared();

    private void put(OwnPool pool, String spec) {
        var answer = service.put(pool.path(), spec);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
    }

    @Test
    void processes_go_up_and_down() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            pool.awaitIdle(1);
            long first = pool.pids().getFirst();
            put(pool, "{\"processes\":4}");
            pool.awaitIdle(4);
            assertThat(pool.pids()).contains(first);
            put(pool, "{\"processes\":2}");
            pool.awaitIdle(2);
            assertThat(pool.pids()).contains(first);
            until(
                    "two exits are counted",
                    () -> pool.metric("procpool_worker_exits_total", "reason", "scale_down") == 2);
            put(pool, "{\"processes\":3}");
            pool.awaitIdle(3);
            assertThat(pool.resource().get("workers_started").asInt()).isEqualTo(5);
        }
    }

    @Test
    void a_busy_worker_that_is_one_too_many_finishes_first() throws Exception {
        try (var pool = OwnPool.of("{\"processes\":2}");
                var gate = new Gate()) {
            var results = new String[] {gate.occupy(pool), gate.occupy(pool)};
            put(pool, "{\"processes\":1}");
            gate.open();
            for (var result : results) {
                assertThat(service.await(result).get("state").asString()).isEqualTo("succeeded");
            }
            pool.awaitIdle(1);
        }
    }

    @Test
    void what_is_no_matter_of_the_workers_leaves_them_alone() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":2}")) {
            pool.awaitIdle(2);
            var before = pool.pids();
            put(pool, "{\"processes\":2,\"task_timeout\":0.2,\"queue_limit\":3,\"grace\":0.1}");
            Refusing.problem(
                    pool.apply("{\"func\":\"tasks.nap\",\"args\":[60]}"), 422, "timed-out");
            put(pool, "{\"processes\":2,\"queue_limit\":3,\"start_timeout\":7}");
            pool.awaitIdle(2);
            assertThat(pool.pids()).containsAnyElementsOf(before);
            assertThat(pool.metric("procpool_worker_exits_total", "reason", "rollover")).isZero();
        }
    }

    @Test
    void another_initializer_rolls_the_workers_over_and_no_call_fails()
            throws InterruptedException {
        var spec =
                "{\"processes\":2,\"initializer\":\"api_functions.initialize\",\"initargs\":[%s]}";
        try (var pool = OwnPool.of(spec.formatted("\"old\""))) {
            pool.awaitIdle(2);
            var before = new HashSet<>(pool.pids());
            assertThat(initialized(pool))
                    .allMatch(worker -> worker.get(0).asString().equals("old"));
            put(pool, spec.formatted("\"new\""));
            until(
                    "all workers are new",
                    () ->
                            initialized(pool).stream()
                                            .allMatch(
                                                    worker ->
                                                            worker.get(0).asString().equals("new"))
                                    && pool.pids().stream().noneMatch(before::contains));
            until(
                    "both exits are counted",
                    () -> pool.metric("procpool_worker_exits_total", "reason", "rollover") == 2);
            pool.awaitIdle(2);
        }
    }

    /** What the workers that serve twenty items were initialised with; the job must succeed. */
    private static List<JsonNode> initialized(OwnPool pool) {
        var items = IntStream.range(0, 20).mapToObj(Integer::toString).collect(joining(","));
        var body =
                "{\"func\":\"api_functions.initialized_with\",\"chunksize\":1,\"iterable\":["
                        + items
                        + "]}";
        var response = pool.map(body);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        return Service.json(response).valueStream().toList();
    }

    @Test
    void an_initializer_that_fails_leaves_the_old_workers_at_work() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            pool.awaitIdle(1);
            var pid = pool.value("apply", "{\"func\":\"tasks.pid\"}");
            put(
                    pool,
                    "{\"processes\":1,\"initializer\":\"tasks.broken_initializer\",\"initargs\":[\"so\"]}");
            until(
                    "the pool is degraded",
                    () ->
                            pool.resource()
                                    .get("health")
                                    .get("status")
                                    .asString()
                                    .equals("degraded"));
            assertThat(pool.resource().get("health").get("cause").asString())
                    .contains("tasks.broken_initializer", "RuntimeError: so");
            assertThat(pool.value("apply", "{\"func\":\"tasks.pid\"}")).isEqualTo(pid);

            put(
                    pool,
                    "{\"processes\":1,\"initializer\":\"api_functions.initialize\",\"initargs\":[1]}");
            until(
                    "a new worker serves",
                    () -> !pool.value("apply", "{\"func\":\"tasks.pid\"}").equals(pid));
            assertThat(pool.resource().get("health").get("status").asString()).isEqualTo("ok");
        }
    }

    @Test
    void a_new_start_timeout_is_in_force_for_the_workers_that_start() throws Exception {
        try (var gate = new Gate();
                var pool =
                        OwnPool.of(
                                "{\"processes\":1,\"initializer\":\"api_functions.initialize_when\",\"initargs\":["
                                        + gate.json()
                                        + "],\"start_timeout\":300}")) {
            put(
                    pool,
                    "{\"processes\":2,\"initializer\":\"api_functions.initialize_when\",\"initargs\":["
                            + gate.json()
                            + "],\"start_timeout\":0.1}");
            until(
                    "the second worker's start has timed out",
                    () ->
                            pool.resource()
                                    .get("health")
                                    .path("cause")
                                    .asString("")
                                    .contains("start_timeout (0.1 s)"));
            put(
                    pool,
                    "{\"processes\":2,\"initializer\":\"api_functions.initialize_when\",\"initargs\":["
                            + gate.json()
                            + "],\"start_timeout\":60}");
            gate.open();
            pool.awaitIdle(2);
        }
    }

    /** Better no worker than one that does not know the functions: what waits is run when there is one. */
    @Test
    void workers_of_the_former_runtime_take_no_calls_that_are_for_the_next() throws Exception {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            PatchTest.patch(
                            pool.service(),
                            pool.path(),
                            "{\"runtime\":\"java\",\"initializer\":\"java.lang.Math.nothing\"}")
                    .then()
                    .statusCode(200);
            until(
                    "it can't start its new workers",
                    () -> pool.resource().at("/health/status").asString().equals("degraded"));
            var result = pool.submit("apply", "{\"func\":\"java.lang.Math.sqrt\",\"args\":[4]}");
            PatchTest.patch(pool.service(), pool.path(), "{\"initializer\":null}")
                    .then()
                    .statusCode(200);
            assertThat(pool.service().await(result).get("state").asString()).isEqualTo("succeeded");
        }
    }
}
