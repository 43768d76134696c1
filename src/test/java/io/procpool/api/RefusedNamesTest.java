package io.procpool.api;

import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions are an allow list: nothing is reached through it that it does not name. */
class RefusedNamesTest {
    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.system",
                "subprocess.run",
                "builtins.eval",
                "eval",
                "statistics.random._os.system",
                "statistics.random.random",
                "statistics.Fraction",
                "math.__loader__",
                "math.__loader__.load_module",
                "math.__doc__",
                "math.pi",
                "math",
                "factorial",
                "math.factorial.__call__",
                "math.Factorial",
                "math.nothing",
                "math.factorial ",
                " math.factorial",
                "m\\u0430th.factorial",
                "math.factorial\\u0000",
                "",
                ".",
                "math.",
                ".factorial",
                "math..factorial",
                "._.factorial",
                "math/factorial",
                "java.lang.Math.abs",
                "api_names",
                "api_names.os.system",
                "api_names.os.path.join",
                "api_names.dumps",
                "api_names.serialize",
                "api_names.alias",
                "api_names.add",
                "api_names.number",
                "api_names._hidden",
                "api_names.__name__",
                "api_names.join.__globals__",
                "api_names.__builtins__.eval",
                "api_listed.path",
                "api_listed.path.join",
                "api_listed.os.system",
                "api_listed.loads",
                "api_listed._secret",
                "api_listed.missing",
                "procpool_worker.spawn.main",
                "__main__.main"
            })
    void it_cannot_be_called_by_the_name(String func) {
        var body = "{\"func\":\"" + func + "\"}";
        for (var verb : new String[] {"apply", "apply_async"}) {
            refused(
                    service,
                    () -> service.post("/v1/pools/default/" + verb, body),
                    404,
                    "function-unknown");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"map", "map_async", "starmap", "starmap_async"})
    void maps_cannot_call_it_either(String verb) {
        var problem =
                refused(
                        service,
                        () ->
                                service.post(
                                        "/v1/pools/default/" + verb,
                                        "{\"func\":\"os.system\",\"iterable\":[]}"),
                        404,
                        "function-unknown");
        assertThat(problem.get("func").asString()).isEqualTo("os.system");
    }

    @Test
    void a_name_of_megabytes_does_not_come_back() {
        var name = "x".repeat(3 << 20);
        var function =
                refused(
                        service,
                        () ->
                                service.post(
                                        "/v1/pools/default/apply",
                                        "{\"func\":\"math." + name + "\"}"),
                        404,
                        "function-unknown");
        assertThat(function.toString()).contains("math.xxx").hasSizeLessThan(64 << 10);
        var field =
                refused(
                        service,
                        () -> service.post("/v1/pools/default/apply", "{\"" + name + "\":1}"),
                        400,
                        "bad-request");
        assertThat(field.toString()).hasSizeLessThan(64 << 10);
    }

    @Test
    void what_a_module_defines_or_lists_can_be_called() {
        assertThat(value("{\"func\":\"api_names.join\",\"args\":[\"a\",\"b\"]}"))
                .isEqualTo("\"a/b\"");
        assertThat(value("{\"func\":\"api_listed.dumps\",\"args\":[[1]]}")).isEqualTo("\"[1]\"");
        assertThat(value("{\"func\":\"api_listed.unlisted\"}")).isEqualTo("1");
        assertThat(value("{\"func\":\"math.factorial\",\"args\":[20]}"))
                .isEqualTo("2432902008176640000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply", "apply_async", "map", "map_async", "starmap", "starmap_async"})
    void an_unknown_pool_is_refused(String verb) {
        var problem =
                refused(
                        service,
                        () ->
                                service.post(
                                        "/v1/pools/nowhere/" + verb,
                                        verb.startsWith("apply")
                                                ? "{\"func\":\"math.sqrt\",\"args\":[4]}"
                                                : "{\"func\":\"math.sqrt\",\"iterable\":[4]}"),
                        404,
                        "pool-unknown");
        assertThat(problem.get("pool").asString()).isEqualTo("nowhere");
    }

    private String value(String body) {
        return service.post("/v1/pools/default/apply", body)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }
}
