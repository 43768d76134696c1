package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Specifications of pools: what is put is what is got, or it is refused. */
class PoolSpecTest {
    private static final String FULL =
            """
            {
              "runtime": "python",
              "processes": 3,
              "initializer": "api_functions.initialize",
              "initargs": [{"z": 1, "a": [1e2, "é"]}],
              "maxtasksperchild": 1000,
              "max_memory_per_child": 500000000000,
              "max_age": 3600,
              "idle_timeout": 0.5,
              "start_method": "forkserver",
              "preload": ["statistics", "api_digest"],
              "env": {"GREETING": "hé llo", "EMPTY": ""},
              "task_timeout": 12.25,
              "grace": 0,
              "start_timeout": 20,
              "queue_limit": 5
            }
            """;

    private final Service service = Service.shared();

    @Test
    void every_field_is_read_back() {
        try (var pool = OwnPool.of(FULL)) {
            var spec = pool.resource();
            assertThat(spec.get("name").asString()).isEqualTo(pool.name());
            assertThat(spec.get("state").asString()).isEqualTo("RUN");
            assertThat(spec.get("runtime").asString()).isEqualTo("python");
            assertThat(spec.get("processes").asInt()).isEqualTo(3);
            assertThat(spec.get("initializer").asString()).isEqualTo("api_functions.initialize");
            assertThat(service.get(pool.path()).asString())
                    .contains("\"initargs\":[{\"z\": 1, \"a\": [1e2, \"é\"]}]");
            assertThat(spec.get("maxtasksperchild").asInt()).isEqualTo(1000);
            assertThat(spec.get("max_memory_per_child").asLong()).isEqualTo(500_000_000_000L);
            assertThat(spec.get("max_age").toString()).isEqualTo("3600");
            assertThat(spec.get("idle_timeout").toString()).isEqualTo("0.5");
            assertThat(spec.get("start_method").asString()).isEqualTo("forkserver");
            assertThat(spec.get("preload").toString()).isEqualTo("[\"statistics\",\"api_digest\"]");
            assertThat(spec.get("env").toString())
                    .isEqualTo("{\"EMPTY\":\"\",\"GREETING\":\"hé llo\"}");
            assertThat(spec.get("task_timeout").toString()).isEqualTo("12.25");
            assertThat(spec.get("grace").toString()).isEqualTo("0");
            assertThat(spec.get("start_timeout").toString()).isEqualTo("20");
            assertThat(spec.get("queue_limit").asInt()).isEqualTo(5);
            assertThat(spec.get("links").get("self").asString()).isEqualTo(pool.path());
        }
    }

    @Test
    void an_empty_specification_has_the_defaults() {
        try (var pool = OwnPool.of("{}")) {
            var spec = pool.resource();
            assertThat(spec.get("runtime").asString()).isEqualTo("python");
            assertThat(spec.get("processes").asInt())
                    .isEqualTo(Runtime.getRuntime().availableProcessors());
            for (var field :
                    new String[] {
                        "initializer",
                        "maxtasksperchild",
                        "max_memory_per_child",
                        "max_age",
                        "idle_timeout"
                    }) {
                assertThat(spec.get(field).isNull()).as(field).isTrue();
            }
            assertThat(spec.get("initargs").toString()).isEqualTo("[]");
            assertThat(spec.get("start_method").asString()).isEqualTo("forkserver");
            assertThat(spec.get("preload").toString()).isEqualTo("[]");
            assertThat(spec.get("env").toString()).isEqualTo("{}");
            assertThat(spec.get("task_timeout").toString()).isEqualTo("3600");
            assertThat(spec.get("grace").toString()).isEqualTo("5");
            assertThat(spec.get("start_timeout").toString()).isEqualTo("30");
            assertThat(spec.get("queue_limit").asInt()).isEqualTo(10_000);
        }
    }

    @Test
    void no_task_timeout_must_be_asked_for() {
        try (var pool = OwnPool.of("{\"processes\":1,\"task_timeout\":null}")) {
            assertThat(pool.resource().get("task_timeout").isNull()).isTrue();
            assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
        }
    }

    @Test
    void all_pools_are_listed() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            var names = service.get("/v1/pools").jsonPath().getList("pools.name", String.class);
            assertThat(names).contains("default", pool.name()).doesNotHaveDuplicates();
        }
    }

    @Test
    void configured_pools_are_there_from_the_start() {
        var limited = LimitedService.get();
        var spec = Service.json(limited.get("/v1/pools/configured"));
        assertThat(spec.get("processes").asInt()).isEqualTo(1);
        assertThat(spec.get("maxtasksperchild").asInt()).isEqualTo(7);
        assertThat(spec.get("idle_timeout").toString()).isEqualTo("60");
        assertThat(Service.json(limited.get("/v1/pools/default")).get("processes").asInt())
                .isEqualTo(1);
        assertThat(
                        limited.post(
                                        "/v1/pools/configured/apply",
                                        "{\"func\":\"math.sqrt\",\"args\":[4]}")
                                .asString())
                .isEqualTo("2.0");
    }

    private Response put(String path, String header, String value, String spec) {
        return service.request()
                .header(header, value)
                .contentType("application/json")
                .body(spec)
                .put(path);
    }

    @Test
    void the_etag_is_the_specifications_and_guards_it() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            var first = service.get(pool.path()).header("ETag");
            assertThat(first).startsWith("\"");
            var same = service.put(pool.path(), "{\"processes\":1}");
            assertThat(same.statusCode()).isEqualTo(200);
            assertThat(same.header("ETag")).isEqualTo(first);
            pool.value("apply", "{\"func\":\"tasks.pid\"}");
            assertThat(service.get(pool.path()).header("ETag")).isEqualTo(first);

            var next = put(pool.path(), "If-Match", first, "{\"processes\":1,\"queue_limit\":7}");
            assertThat(next.statusCode()).isEqualTo(200);
            assertThat(next.header("ETag")).isNotEqualTo(first);
            problem(
                    put(pool.path(), "If-Match", first, "{\"processes\":2}"),
                    412,
                    "precondition-failed");
            problem(
                    put(pool.path(), "If-None-Match", "*", "{\"processes\":2}"),
                    412,
                    "precondition-failed");
            problem(
                    service.request().header("If-Match", first).delete(pool.path()),
                    412,
                    "precondition-failed");
            assertThat(pool.resource().get("queue_limit").asInt()).isEqualTo(7);
            assertThat(pool.resource().get("processes").asInt()).isEqualTo(1);
            put(pool.path(), "If-Match", "*", "{\"processes\":1}").then().statusCode(200);
            assertThat(service.request().header("If-Match", first).delete(pool.path()).statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void what_is_not_there_matches_nothing_and_can_be_made_once() {
        var path = "/v1/pools/made-once";
        problem(put(path, "If-Match", "*", "{}"), 412, "precondition-failed");
        problem(put(path, "If-Match", "\"x\"", "{}"), 412, "precondition-failed");
        problem(service.get(path), 404, "pool-unknown");
        var puts =
                Stream.generate(
                                () ->
                                        Later.request(
                                                () ->
                                                        put(
                                                                path,
                                                                "If-None-Match",
                                                                "*",
                                                                "{\"processes\":1}")))
                        .limit(12)
                        .toList();
        var codes = puts.stream().map(CompletableFuture::join).map(Response::statusCode).toList();
        assertThat(codes).containsOnlyOnce(201);
        assertThat(codes).filteredOn(code -> code != 201).containsOnly(412).hasSize(11);
        service.delete(path).then().statusCode(204);
    }

    @Test
    void the_answer_to_the_first_put_says_where_the_pool_is() {
        var path = "/v1/pools/Located_1.x-y";
        var made = service.put(path, "{\"processes\":1}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(made.header("ETag")).isNotBlank();
        assertThat(Service.json(made).get("name").asString()).isEqualTo("Located_1.x-y");
        service.delete(path).then().statusCode(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", ".x", "_x", "a%20b", "a:b", "%C3%A9", "a%0Ab"})
    void a_name_that_is_none_is_refused(String name) {
        problem(service.put("/v1/pools/" + name, "{}"), 400, "bad-request");
        problem(service.put("/v1/pools/" + "x".repeat(64), "{}"), 400, "bad-request");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ''",
        "DELETE, ''",
        "GET, /workers",
        "POST, /close",
        "POST, /terminate",
        "POST, /join"
    })
    void a_pool_that_is_not_there_is_404(String method, String path) {
        var response = service.request().request(method, "/v1/pools/nowhere" + path);
        assertThat(problem(response, 404, "pool-unknown").get("pool").asString())
                .isEqualTo("nowhere");
    }
}
