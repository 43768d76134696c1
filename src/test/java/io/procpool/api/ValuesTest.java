package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values pass as they were sent and as they were returned. */
class ValuesTest {
    private final Service service = Service.shared();

    private byte[] sent(String verb, String body) {
        var response = service.post("/v1/pools/default/" + verb, body);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("application/json");
        return response.asByteArray();
    }

    private String same(String json) {
        var body = "{\"func\":\"api_functions.same\",\"args\":[" + json + "]}";
        return new String(sent("apply", body), UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "false",
                "0",
                "-1",
                "\"\"",
                "[]",
                "{}",
                "2432902008176640000",
                "340282366920938463463374607431768211456",
                "0.1",
                "-0.0",
                "1e+22",
                "1.7976931348623157e+308",
                "5e-324",
                "\"é ü ß ñ\"",
                "\"漢字 かな 한글\"",
                "\"😀 👩‍👩‍👧 𝔘\"",
                "\"שלום مرحبا\"",
                "\"e\u0301\"",
                "\"\u2028\u2029\u007f\"",
                "\"\\u0000\\u001f\"",
                "\"\\\"\\\\\\n\"",
                "{\"z\":1,\"a\":{\"y\":2,\"b\":3},\"é\":4,\"\":5}",
                "[1,[2,[3,{\"4\":[]}]]]"
            })
    void a_value_comes_back_as_it_was_sent(String json) {
        assertThat(same(json)).isEqualTo(json);
        var mapped = sent("map", "{\"func\":\"api_functions.same\",\"iterable\":[" + json + "]}");
        assertThat(new String(mapped, UTF_8)).isEqualTo("[" + json + "]");
        var async =
                service.post(
                        "/v1/pools/default/apply_async",
                        "{\"func\":\"api_functions.same\",\"args\":[" + json + "]}");
        var value = service.get(async.header("Location") + "/value");
        assertThat(new String(value.asByteArray(), UTF_8)).isEqualTo(json);
    }

    @Test
    void integers_of_5000_digits_pass_in_and_out() {
        var digits = "7".repeat(5_000);
        assertThat(same(digits)).isEqualTo(digits);
        assertThat(same("[-" + digits + "]")).isEqualTo("[-" + digits + "]");
        var sum = sent("apply", "{\"func\":\"tasks.add\",\"args\":[" + digits + "]}");
        assertThat(new String(sum, UTF_8)).isEqualTo("7".repeat(4_999) + "8");
        var named = sent("apply", "{\"func\":\"tasks.echo\",\"kwds\":{\"n\":" + digits + "}}");
        assertThat(new String(named, UTF_8)).isEqualTo("{\"n\":" + digits + "}");
    }

    @Test
    void the_order_of_named_arguments_is_kept() {
        var value =
                sent(
                        "apply",
                        """
                        {"kwds": {"zebra": 1, "apple": 2, "m": 3}, "func": "api_functions.named"}
                        """);
        assertThat(new String(value, UTF_8)).isEqualTo("{\"zebra\":1,\"apple\":2,\"m\":3}");
    }

    @Test
    void escapes_mean_what_they_say_and_a_lone_surrogate_stays_one() {
        var body =
                "{\"func\":\"api_functions.code_points\","
                        + "\"args\":[\"\\u0041\\ud83d\\ude00\\ud800\\udfff\\udfff\"]}";
        // A pair is one character, whichever two surrogates stand side by side.
        assertThat(new String(sent("apply", body), UTF_8)).isEqualTo("[65,128512,66559,57343]");
    }

    @Test
    void a_number_beyond_a_float_is_infinite_to_python_and_can_not_be_returned() {
        var body = "{\"func\":\"api_functions.same\",\"args\":[1e400]}";
        var response = service.post("/v1/pools/default/apply", body);
        assertThat(problem(response, 422, "not-serializable").get("detail").asString())
                .contains("inf");
        assertThat(new String(sent("apply", "{\"func\":\"math.isinf\",\"args\":[1e400]}"), UTF_8))
                .isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nan",
                "infinity",
                "nan inside",
                "set",
                "bytes",
                "object",
                "complex",
                "surrogate",
                "circle",
                "key",
                "function"
            })
    void what_has_no_json_form_can_not_be_returned(String kind) {
        var apply = "{\"func\":\"api_functions.odd_values\",\"args\":[\"" + kind + "\"]}";
        problem(service.post("/v1/pools/default/apply", apply), 422, "not-serializable");
        var map = "{\"func\":\"api_functions.odd_values\",\"iterable\":[\"" + kind + "\"]}";
        var problem = problem(service.post("/v1/pools/default/map", map), 422, "not-serializable");
        assertThat(problem.get("index").asInt()).isZero();
    }

    @Test
    void bodies_of_500_levels_pass_and_of_501_are_refused() {
        // The submission and its args are two of them.
        assertThat(new String(sent("apply", nested("apply", "args", 498)), UTF_8)).isEqualTo("498");
        assertThat(new String(sent("map", nested("map", "iterable", 498)), UTF_8))
                .isEqualTo("[498]");
        for (var verb : new String[] {"apply", "map", "starmap"}) {
            Refusing.refused(
                    service,
                    () ->
                            service.post(
                                    "/v1/pools/default/" + verb,
                                    nested(verb, verb.equals("apply") ? "args" : "iterable", 499)),
                    400,
                    "bad-request");
        }
    }

    private static String nested(String verb, String field, int levels) {
        assertThat(verb).isNotEmpty();
        return "{\"func\":\"api_functions.depth\",\""
                + field
                + "\":["
                + "[".repeat(levels)
                + "]".repeat(levels)
                + "]}";
    }

    @Test
    void values_of_500_levels_pass_and_of_501_have_no_json_form() {
        var nest = "{\"func\":\"api_functions.nest\",\"args\":[%d]}";
        assertThat(new String(sent("apply", nest.formatted(500)), UTF_8))
                .isEqualTo("[".repeat(500) + "]".repeat(500));
        problem(
                service.post("/v1/pools/default/apply", nest.formatted(501)),
                422,
                "not-serializable");

        var nests = "{\"func\":\"api_functions.nest\",\"iterable\":[%d]}";
        // The array of a map is no level of its values.
        assertThat(new String(sent("map", nests.formatted(500)), UTF_8))
                .isEqualTo("[".repeat(501) + "]".repeat(501));
        problem(
                service.post("/v1/pools/default/map", nests.formatted(501)),
                422,
                "not-serializable");
    }
}
