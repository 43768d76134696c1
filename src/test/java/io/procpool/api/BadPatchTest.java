package io.procpool.api;

import static io.procpool.api.PatchTest.etag;
import static io.procpool.api.PatchTest.patch;
import static io.procpool.api.PatchTest.typed;
import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A PATCH that can't be: it says why, and changes nothing. */
class BadPatchTest {
    private static OwnPool pool;

    private final Service service = Service.shared();

    @BeforeAll
    static void make() {
        pool = OwnPool.of("{\"processes\":1}");
    }

    @AfterAll
    static void forget() {
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"x\"}",
                "{\"state\":\"RUN\"}",
                "{\"workers\":{}}",
                "{\"health\":null}",
                "{\"links\":null}",
                "{\"nonsense\":1}",
                "{\"processes\":0}",
                "{\"processes\":\"2\"}",
                "{\"processes\":2,\"processes\":3}",
                "{\"env\":[]}",
                "{\"env\":{\"A\":1}}",
                "{\"env\":{\"A\":{\"B\":\"C\"}}}",
                "{\"env\":{\"LD_PRELOAD\":\"/tmp/x.so\"}}",
                "{\"env\":{\"1A\":\"x\"}}",
                "{\"preload\":[\"os\"]}",
                "{\"initargs\":{}}",
                "{\"runtime\":\"perl\"}",
                "{\"runtime\":\"command\"}",
                "{\"command\":[\"sh\"]}",
                "{\"runtime\":\"command\",\"command\":[\"sh\"]}",
                "{\"kind\":\"fiber\"}",
                "{\"grace\":-1}",
                "[]",
                "null",
                "",
                "{",
                "[{\"op\":\"replace\",\"path\":\"/processes\",\"value\":2}]"
            })
    void a_wrong_patch_changes_nothing(String body) {
        var before = etag(pool);
        problem(patch(pool, body), 400, "bad-request");
        assertThat(etag(pool)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json-patch+json",
                "text/plain",
                "application/merge-patch+json; charset=iso-8859-1"
            })
    void another_media_type_is_415_and_says_which_is_right(String type) {
        var answer = typed(service, type).body("{\"processes\":2}").patch(pool.path());
        problem(answer, 415, "wrong-media-type");
        assertThat(answer.header("Accept-Patch")).isEqualTo("application/merge-patch+json");
        assertThat(pool.resource().get("processes").asInt()).isEqualTo(1);
    }

    @Test
    void what_is_not_there_or_does_not_run_can_not_be_patched() {
        problem(patch(service, "/v1/pools/nowhere", "{}"), 404, "pool-unknown");
        problem(patch(service, "/v1/pools/nowhere", "{}", "If-Match", "*"), 404, "pool-unknown");
        try (var own = OwnPool.of("{\"processes\":1}")) {
            service.post(own.path() + "/close", "");
            problem(patch(own, "{\"processes\":2}"), 409, "pool-not-running");
            service.post(own.path() + "/terminate", "");
            problem(patch(own, "{\"processes\":2}"), 409, "pool-not-running");
        }
    }

    @Test
    void an_etag_that_is_not_the_present_one_is_412() {
        try (var own = OwnPool.of("{\"processes\":1}")) {
            var first = etag(own);
            patch(own, "{\"queue_limit\":7}", "If-Match", first).then().statusCode(200);
            for (var wanted : List.of(first, "W/" + etag(own), "\"x\"")) {
                problem(
                        patch(own, "{\"queue_limit\":8}", "If-Match", wanted),
                        412,
                        "precondition-failed");
            }
            assertThat(own.resource().get("queue_limit").asInt()).isEqualTo(7);
            patch(own, "{\"queue_limit\":9}", "If-Match", "*").then().statusCode(200);
        }
    }

    @Test
    void what_a_configured_pool_may_say_can_be_sent_back_but_not_changed() {
        var limited = LimitedService.get();
        var path = "/v1/pools/configured";
        var spec =
                Stream.of("processes", "maxtasksperchild", "idle_timeout", "preload", "env")
                        .map(
                                field ->
                                        "\""
                                                + field
                                                + "\":"
                                                + Service.json(limited.get(path)).get(field))
                        .toList();
        assertThat(String.join(",", spec)).contains("colorsys", "PYTHONHASHSEED");
        var before = limited.get(path).header("ETag");
        var whole = "{" + String.join(",", spec) + "}";
        limited.put(path, whole).then().statusCode(200);
        patch(limited, path, whole).then().statusCode(200);
        assertThat(limited.get(path).header("ETag")).isEqualTo(before);
        for (var change :
                List.of(
                        "{\"env\":{\"PYTHONHASHSEED\":\"8\"}}",
                        "{\"env\":{\"PYTHONPATH\":\"x\"}}",
                        "{\"preload\":[\"colorsys\",\"os\"]}")) {
            problem(patch(limited, path, change), 400, "bad-request");
        }
        assertThat(limited.get(path).header("ETag")).isEqualTo(before);
    }
}
