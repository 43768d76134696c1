package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PATCH of a pool: a merge patch (RFC 7396) of what GET shows, guarded by its ETag. */
class PatchTest {
    private static final String FULL =
            """
            {"processes": 1, "initializer": "api_functions.initialize",
             "initargs": [123456789012345678901234567890, 1e400, "\\u00e9",  {"z":1,"a":0.10}],
             "maxtasksperchild": 1000, "max_memory_per_child": 500000000000, "max_age": 3600.000000001,
             "idle_timeout": 1234.567, "preload": ["statistics"], "env": {"A": "1", "B": "2"},
             "task_timeout": 0.3, "grace": 4.35, "start_timeout": 20.1, "queue_limit": 5}
            """;

    private final Service service = Service.shared();

    static Response patch(Service service, String path, String patch, String... headers) {
        var request = typed(service, "application/merge-patch+json").body(patch);
        for (int header = 0; header < headers.length; header += 2) {
            request = request.header(headers[header], headers[header + 1]);
        }
        return request.patch(path);
    }

    /** With that content type and nothing added to it. */
    static RequestSpecification typed(Service service, String type) {
        var plain =
                EncoderConfig.encoderConfig()
                        .defaultContentCharset(UTF_8)
                        .appendDefaultContentCharsetToContentTypeIfUndefined(false);
        return service.request()
                .config(RestAssuredConfig.config().encoderConfig(plain))
                .contentType(type);
    }

    static Response patch(OwnPool pool, String patch, String... headers) {
        return patch(pool.service(), pool.path(), patch, headers);
    }

    private static String patched(OwnPool pool, String patch) {
        var answer = patch(pool, patch);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.header("ETag")).isEqualTo(etag(pool));
        return answer.asString();
    }

    static String etag(OwnPool pool) {
        return pool.service().get(pool.path()).header("ETag");
    }

    @Test
    void what_is_named_changes_and_the_rest_stays_to_the_byte() {
        try (var pool = OwnPool.of(FULL)) {
            var whole = service.get(pool.path()).asString();
            var before =
                    whole.substring(whole.indexOf("\"runtime\""), whole.indexOf("\"runtime_v"));
            assertThat(patched(pool, "{}")).contains(before);
            for (var processes : new int[] {2, 3, 1}) {
                var answer = patched(pool, "{\"processes\":" + processes + "}");
                assertThat(answer)
                        .contains(before.replace("\"processes\":1", "\"processes\":" + processes));
            }
            assertThat(before)
                    .contains(
                            "[123456789012345678901234567890, 1e400, \"\\u00e9\",  {\"z\":1,\"a\":0.10}]",
                            "\"max_age\":3600.000000001",
                            "\"idle_timeout\":1234.567",
                            "\"task_timeout\":0.3,",
                            "\"grace\":4.35");
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "maxtasksperchild, 7, null",
                "max_memory_per_child, 900000000000, null",
                "max_age, 60.5, null",
                "idle_timeout, 60.5, null",
                "initializer, `\"tasks.add\"`, null",
                "initargs, `[\"x\",12345678901234567890]`, []",
                "task_timeout, 60.5, null",
                "grace, 0, 5",
                "start_timeout, 7.25, 30",
                "queue_limit, 77, 10000",
                "preload, `[\"math\"]`, []",
                "start_method, `\"spawn\"`, `\"forkserver\"`"
            })
    void a_value_sets_a_field_and_null_gives_none_or_the_default(
            String field, String value, String unset) {
        try (var pool = OwnPool.of(FULL)) {
            patched(pool, "{\"" + field + "\":" + value + "}");
            assertThat(pool.resource().get(field).toString()).isEqualTo(value);
            patched(pool, "{\"" + field + "\":null}");
            assertThat(pool.resource().get(field).toString()).isEqualTo(unset);
        }
    }

    @Test
    void env_is_merged_by_name() {
        try (var pool = OwnPool.of(FULL)) {
            patched(pool, "{\"env\":{\"A\":null,\"C\":\"3\",\"NONE\":null}}");
            assertThat(pool.resource().get("env").toString())
                    .isEqualTo("{\"B\":\"2\",\"C\":\"3\"}");
            patched(pool, "{\"env\":{}}");
            assertThat(pool.resource().get("env").size()).isEqualTo(2);
            patched(pool, "{\"env\":null}");
            assertThat(pool.resource().get("env").toString()).isEqualTo("{}");
        }
    }

    @Test
    void the_start_method_follows_runtime_and_kind_unless_it_is_named() {
        try (var pool = OwnPool.of("{\"processes\":1}")) {
            patched(pool, "{\"kind\":\"thread\"}");
            assertThat(pool.resource().get("start_method").asString()).isEqualTo("spawn");
            patched(pool, "{\"kind\":null}");
            assertThat(pool.resource().get("kind").asString()).isEqualTo("process");
            assertThat(pool.resource().get("start_method").asString()).isEqualTo("forkserver");
            problem(
                    patch(pool, "{\"kind\":\"thread\",\"start_method\":\"forkserver\"}"),
                    400,
                    "bad-request");
            patched(pool, "{\"preload\":[\"statistics\"]}");
            var refused = problem(patch(pool, "{\"runtime\":\"java\"}"), 400, "bad-request");
            assertThat(refused.get("detail").asString()).contains("preload");
            assertThat(pool.resource().get("runtime").asString()).isEqualTo("python");
        }
    }

    @Test
    void a_pool_changes_its_runtime() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1,\"preload\":[\"statistics\"]}")) {
            assertThat(pool.value("apply", "{\"func\":\"math.sqrt\",\"args\":[4]}"))
                    .isEqualTo("2.0");
            patched(pool, "{\"runtime\":\"java\",\"preload\":null}");
            assertThat(pool.value("apply", "{\"func\":\"java.lang.Math.max\",\"args\":[3,7]}"))
                    .isEqualTo("7");
            assertThat(pool.resource().get("start_method").asString()).isEqualTo("spawn");
            patched(pool, "{\"runtime\":null}");
            assertThat(pool.value("apply", "{\"func\":\"math.sqrt\",\"args\":[9]}"))
                    .isEqualTo("3.0");
        }
    }

    @Test
    void without_idle_timeout_the_workers_that_were_let_go_come_back() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":2,\"idle_timeout\":0.1}")) {
            Waiting.until("all are gone", () -> pool.workers().isEmpty());
            patched(pool, "{\"idle_timeout\":null}");
            pool.awaitIdle(2);
            patched(pool, "{\"idle_timeout\":0.1}");
            Waiting.until("all are gone again", () -> pool.workers().isEmpty());
        }
    }

    @Test
    void default_can_be_patched() {
        var path = "/v1/pools/default";
        var before = Service.json(service.get(path)).get("queue_limit").asInt();
        try {
            patch(service, path, "{\"queue_limit\":4321}").then().statusCode(200);
            assertThat(Service.json(service.get(path)).get("queue_limit").asInt()).isEqualTo(4321);
        } finally {
            patch(service, path, "{\"queue_limit\":" + before + "}").then().statusCode(200);
        }
    }

    @Test
    void of_two_with_the_same_etag_exactly_one_wins() throws Exception {
        try (var pool = OwnPool.of("{\"processes\":1}");
                var threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 25; round++) {
                var seen = etag(pool);
                int base = 100 + 10 * round;
                var barrier = new CyclicBarrier(4);
                List<Callable<Integer>> rivals = new ArrayList<>();
                for (int rival = 0; rival < 4; rival++) {
                    var limit = "{\"queue_limit\":" + (base + rival) + "}";
                    rivals.add(
                            () -> {
                                barrier.await();
                                return patch(pool, limit, "If-Match", seen).statusCode();
                            });
                }
                var statuses = new ArrayList<Integer>();
                for (var answer : threads.invokeAll(rivals)) {
                    statuses.add(answer.get());
                }
                assertThat(statuses).containsExactlyInAnyOrder(200, 412, 412, 412);
                int winner = statuses.indexOf(200);
                assertThat(pool.resource().get("queue_limit").asInt()).isEqualTo(base + winner);
            }
        }
    }

    /** Without If-Match nothing is lost either: each merge sees what the one before has left. */
    @Test
    void patches_of_different_fields_at_once_all_count() throws Exception {
        try (var pool = OwnPool.of("{\"processes\":1}");
                var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> patches =
                    IntStream.range(0, 40)
                            .<Callable<Integer>>mapToObj(
                                    i ->
                                            () ->
                                                    patch(pool, "{\"env\":{\"V" + i + "\":\"x\"}}")
                                                            .statusCode())
                            .toList();
            for (var answer : threads.invokeAll(patches)) {
                assertThat(answer.get()).isEqualTo(200);
            }
            assertThat(pool.resource().get("env").size()).isEqualTo(40);
        }
    }
}
