package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** GET of functions: what can be called, in which pools, and what could not be imported. */
class FunctionsTest {
    private final Service service = Service.shared();

    private JsonNode list(String query) {
        var answer = service.get("/v1/functions" + query);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Service.json(answer);
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(entry -> entry.get("name").asString()).toList();
    }

    private static JsonNode only(JsonNode list, String name) {
        return list.valueStream()
                .filter(entry -> entry.get("name").asString().equals(name))
                .reduce(
                        (one, other) -> {
                            throw new AssertionError(one + " and " + other);
                        })
                .orElseThrow();
    }

    @Test
    void everything_that_can_be_called_is_listed_by_name() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            assertThat(pool.resource().at("/links/functions").asString())
                    .isEqualTo("/v1/functions?pool=" + pool.name());
            var list = list("?pool=" + pool.name());
            var names = names(list.get("functions"));
            assertThat(names)
                    .contains(
                            "math.sqrt",
                            "statistics.mean",
                            "tasks.add",
                            "api_digest.compute_digest")
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .noneMatch(name -> name.contains("._"));
            assertThat(names(list.get("modules")))
                    .contains("math", "statistics", "tasks", "api_functions")
                    .isSorted();
            assertThat(list.get("incomplete").toString()).isEqualTo("[]");
            var add = only(list.get("functions"), "tasks.add");
            assertThat(add.get("runtime").asString()).isEqualTo("python");
            assertThat(add.get("signature").asString()).isEqualTo("(a, b=1)");
            assertThat(add.get("doc").isNull()).isTrue();
            assertThat(add.get("pools").toString()).isEqualTo("[\"" + pool.name() + "\"]");
            assertThat(only(list.get("modules"), "tasks").get("doc").asString())
                    .isEqualTo("Functions that the tests of the service call.");
        }
    }

    @Test
    void a_function_of_several_pools_is_one_entry_and_of_several_runtimes_several()
            throws InterruptedException {
        try (var python = OwnPool.ofProcesses(1);
                var java = OwnPool.of("{\"processes\":1,\"runtime\":\"java\"}")) {
            python.awaitIdle(1);
            java.awaitIdle(1);
            until("default is ready", () -> !names(list("").get("incomplete")).contains("default"));
            var list = list("?prefix=math.sq");
            assertThat(names(list.get("functions"))).containsExactly("math.sqrt");
            assertThat(names(list.get("modules"))).containsExactly("math");
            assertThat(list.at("/functions/0/pools").toString())
                    .contains("\"default\"", "\"" + python.name() + "\"")
                    .doesNotContain(java.name());

            var max = only(list("?runtime=java").get("functions"), "java.lang.Math.max");
            assertThat(max.get("runtime").asString()).isEqualTo("java");
            assertThat(max.get("signature").asString()).contains("int", "double", ";");
            assertThat(names(list("?runtime=python").get("functions")))
                    .doesNotContain("java.lang.Math.max");
            assertThat(list("?pool=" + python.name() + "&runtime=java").get("functions")).isEmpty();
        }
    }

    @Test
    void one_function_has_a_link_to_call_it() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            var path = "/v1/functions/tasks.add";
            var add = Service.json(service.get(path + "?pool=" + pool.name()));
            assertThat(add.get("name").asString()).isEqualTo("tasks.add");
            assertThat(add.at("/links/self").asString()).isEqualTo(path);
            var apply = add.at("/links/apply").asString();
            assertThat(apply).isEqualTo(pool.path() + "/apply");
            assertThat(service.post(apply, "{\"func\":\"tasks.add\",\"args\":[1,2]}").asString())
                    .isEqualTo("3");
            until(
                    "default has it too, and is named first",
                    () ->
                            "/v1/pools/default/apply"
                                    .equals(
                                            Service.json(service.get(path))
                                                    .at("/links/apply")
                                                    .asString("")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.system",
                "tasks.os.system",
                "tasks",
                "tasks.",
                ".add",
                "tasks.add.__globals__",
                "statistics.random._os.system",
                "math.__loader__",
                "java.lang.Runtime.exec",
                "x",
                "%20",
                "%C3%A9.%F0%9F%98%80",
                "..."
            })
    void what_is_no_function_is_404(String name) {
        problem(service.get("/v1/functions/" + name), 404, "function-unknown");
    }

    @Test
    void odd_docstrings_are_text_and_none_is_null() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            var odd =
                    Service.json(
                            service.get(
                                    "/v1/functions/api_dismissed.oddly_documented?pool="
                                            + pool.name()));
            assertThat(odd.get("doc").asString())
                    .startsWith("Says \"quoted\" \\")
                    .contains("é 😀 </script>.\n\nSecond paragraph.");
            assertThat(odd.get("signature").asString())
                    .isEqualTo("(a, b: 'Sequence[int]' = (1, 2), *rest, key=None, **more)");
            var none =
                    Service.json(
                            service.get(
                                    "/v1/functions/api_dismissed.undocumented?pool="
                                            + pool.name()));
            assertThat(none.get("doc").isNull()).isTrue();
            assertThat(none.get("signature").asString()).isEqualTo("()");
        }
    }

    @Test
    void a_module_that_can_not_be_imported_is_listed_with_its_error() throws Exception {
        var limited = LimitedService.get();
        var file = LimitedService.functions().resolve("broken_listed.py");
        Files.writeString(file, "raise RuntimeError('no \"luck\" today')\n");
        try {
            until(
                    "it is listed",
                    () ->
                            names(
                                            Service.json(limited.get("/v1/functions?pool=default"))
                                                    .get("modules"))
                                    .contains("broken_listed"));
            var list =
                    Service.json(limited.get("/v1/functions?prefix=broken_listed.f&pool=default"));
            assertThat(list.get("functions")).isEmpty();
            var module = only(list.get("modules"), "broken_listed");
            assertThat(module.get("error").asString())
                    .contains("RuntimeError", "no \"luck\" today");
            var problem =
                    problem(
                            limited.get("/v1/functions/broken_listed.f?pool=default"),
                            404,
                            "function-unknown");
            assertThat(problem.get("cause").asString()).contains("broken_listed", "no \"luck\"");
        } finally {
            Files.delete(file);
        }
        var there = Service.json(limited.get("/v1/functions?prefix=there"));
        assertThat(only(there.get("modules"), "there").has("error")).isFalse();
    }

    @Test
    void names_of_other_scripts_have_proper_links() throws Exception {
        var limited = LimitedService.get();
        var file = LimitedService.functions().resolve("größe.py");
        Files.writeString(file, "def maß(länge):\n    return länge\n");
        try {
            var path = "/v1/functions/gr%C3%B6%C3%9Fe.ma%C3%9F";
            until("it is listed", () -> limited.get(path).statusCode() == 200);
            var found = Service.json(limited.get(path));
            assertThat(found.get("name").asString()).isEqualTo("größe.maß");
            assertThat(found.at("/links/self").asString()).isEqualTo(path);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void a_pool_that_can_not_start_is_told_and_nobody_waits_for_it() throws IOException {
        try (var gate = new Gate();
                var pool = OwnPool.of("{\"processes\":1,\"kind\":\"thread\"}")) {
            var before = list("?pool=" + pool.name());
            if (before.get("functions").isEmpty()) {
                assertThat(before.get("incomplete").toString())
                        .isEqualTo("[\"" + pool.name() + "\"]");
            }
            gate.open();
        }
        try (var broken = BrokenService.start()) {
            var list = Service.json(broken.get("/v1/functions"));
            assertThat(list.get("functions")).isEmpty();
            assertThat(list.get("incomplete").toString()).isEqualTo("[\"default\"]");
            var problem = problem(broken.get("/v1/functions/math.sqrt"), 404, "function-unknown");
            assertThat(problem.get("cause").asString()).contains("default");
        }
    }

    /** Its Python is not there. */
    private static final class BrokenService {
        static Service start() {
            return Service.start("--procpool.python=/nowhere/python3");
        }
    }

    @Test
    void a_wrong_filter_is_refused() {
        problem(service.get("/v1/functions?pool=nowhere"), 404, "pool-unknown");
        problem(service.get("/v1/functions?runtime=perl"), 400, "bad-request");
        problem(service.post("/v1/functions", "{}"), 405, "method-not-allowed");
        problem(service.delete("/v1/functions/math.sqrt"), 405, "method-not-allowed");
    }

    @Test
    void a_closed_pool_has_none() throws InterruptedException {
        try (var pool = OwnPool.ofProcesses(1)) {
            pool.awaitIdle(1);
            service.post(pool.path() + "/close", "");
            var list = list("?pool=" + pool.name());
            assertThat(list.get("functions")).isEmpty();
            assertThat(list.get("incomplete")).isEmpty();
        }
    }
}
