package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** apply: one call, its value or how it failed. */
class ApplyTest {
    private static OwnPool pool;

    @BeforeAll
    static void open() {
        pool = OwnPool.ofProcesses(1);
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "3; {\"func\":\"tasks.add\",\"args\":[1,2]}",
                "2; {\"func\":\"tasks.add\",\"args\":[1]}",
                "7; {\"func\":\"tasks.add\",\"kwds\":{\"a\":3,\"b\":4}}",
                "8; {\"func\":\"tasks.add\",\"args\":[3],\"kwds\":{\"b\":5}}",
                "null; {\"func\":\"api_functions.same\"}",
                "null; {\"func\":\"api_functions.same\",\"args\":[],\"kwds\":{}}",
                "2.0; {\"func\":\"math.sqrt\",\"args\":[4]}",
                "3.5; {\"func\":\"statistics.median\",\"args\":[[1,3,4,5]]}"
            })
    void the_value_is_the_body(String value, String body) {
        assertThat(pool.value("apply", body)).isEqualTo(value);
    }

    @Test
    void the_result_can_be_looked_at_by_the_id_in_the_headers() {
        var response = pool.apply("{\"func\":\"tasks.pid\"}");
        var id = response.header("Procpool-Result");
        assertThat(id)
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        var resource = Service.json(pool.service().get("/v1/results/" + id));
        assertThat(resource.get("id").asString()).isEqualTo(id);
        assertThat(resource.get("state").asString()).isEqualTo("succeeded");
        assertThat(resource.get("attempts").get(0).get("pid").asString())
                .isEqualTo(response.asString());
    }

    @Test
    void what_the_function_raises_is_told_with_its_traceback() {
        var response = pool.apply("{\"func\":\"tasks.fail\",\"args\":[\"no ✗\"]}");
        var problem = problem(response, 422, "function-raised");
        assertThat(problem.get("detail").asString()).isEqualTo("ValueError: no ✗");
        var exception = problem.get("exception");
        assertThat(exception.get("type").asString()).isEqualTo("ValueError");
        assertThat(exception.get("message").asString()).isEqualTo("no ✗");
        assertThat(exception.get("traceback").asString())
                .startsWith("Traceback (most recent call last):")
                .contains("tasks.py", "in fail")
                .doesNotContain("procpool_worker");
        assertThat(problem.has("index")).isFalse();
        assertThat(problem.get("instance").asString())
                .isEqualTo("/v1/results/" + response.header("Procpool-Result"));
    }

    @Test
    void raising_is_no_crash() {
        var before = pool.value("apply", "{\"func\":\"tasks.pid\"}");
        problem(pool.apply("{\"func\":\"tasks.fail\"}"), 422, "function-raised");
        problem(pool.apply("{\"func\":\"tasks.leave\",\"args\":[3]}"), 422, "function-raised");
        assertThat(pool.value("apply", "{\"func\":\"tasks.pid\"}")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "{\"func\":\"tasks.add\"}",
                "{\"func\":\"tasks.add\",\"args\":[1,2,3]}",
                "{\"func\":\"tasks.add\",\"args\":[1],\"kwds\":{\"c\":2}}",
                "{\"func\":\"tasks.add\",\"args\":[1],\"kwds\":{\"a\":2}}"
            })
    void arguments_that_the_function_does_not_take_are_told_as_that(String body) {
        var problem = problem(pool.apply(body), 422, "arguments-do-not-fit");
        assertThat(problem.get("detail").asString()).contains("add(a, b=1)");
    }

    @Test
    void a_type_error_inside_the_function_is_the_functions_own() {
        var problem =
                problem(
                        pool.apply("{\"func\":\"tasks.add\",\"args\":[1,\"x\"]}"),
                        422,
                        "function-raised");
        assertThat(problem.get("exception").get("type").asString()).isEqualTo("TypeError");
    }
}
