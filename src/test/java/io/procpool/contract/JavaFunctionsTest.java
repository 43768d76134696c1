package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions of the JDK and of a jar, over HTTP: which method is called, with what, and what comes back. */
class JavaFunctionsTest {
    private static ContractPool pool;

    @BeforeAll
    static void make_a_pool() {
        pool = new ContractPool(Subject.javaThreads(), "java-functions", 2, "");
    }

    @AfterAll
    static void delete_it() {
        pool.close();
    }

    private static String call(String func, String args) {
        return "{\"func\":\"" + func + "\",\"args\":" + args + "}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "java.lang.Math.max | [3,7] | 7",
                "java.lang.Math.max | [3,7.5] | 7.5",
                "java.lang.Math.sqrt | [2] | 1.4142135623730951",
                "java.lang.Math.abs | [-3000000000] | 3000000000",
                "functions.Shapes.which | [1] | \"int 1\"",
                "functions.Shapes.which | [3000000000] | \"long 3000000000\"",
                "functions.Shapes.which | [123456789012345678901234567890] | \"BigInteger 123456789012345678901234567890\"",
                "functions.Shapes.which | [1.5] | \"double 1.5\"",
                "functions.Shapes.which | [true] | \"boolean true\"",
                "functions.Shapes.which | [\"a\"] | \"String a\"",
                "functions.Shapes.which | [[\"a\"]] | \"List<String> [a]\"",
                "functions.Shapes.which | [1,\"a\"] | \"int, String\"",
                "functions.Shapes.which | [\"a\",1,null] | \"String, Object... 2\"",
                "functions.Shapes.sum | [] | 0",
                "functions.Shapes.sum | [1,2,3] | 6",
                "functions.Shapes.join | [\"-\",\"a\",\"b\"] | \"a-b\"",
                "functions.Shapes.pointOf | [{\"x\":1,\"y\":2,\"label\":\"ä\"}] | {\"x\":1,\"y\":2,\"label\":\"ä\"}",
                "functions.Shapes.colorOf | [\"GREEN\"] | \"GREEN\"",
                "functions.Shapes.mapOf | [{\"RED\":[1,2]}] | {\"RED\":[1,2]}",
                "functions.Shapes.bigDecimalOf | [0.10000000000000000000000001] | 0.10000000000000000000000001",
                "functions.Shapes.dateOf | [\"2026-02-28\"] | \"2026-02-28\"",
                "functions.Shapes.durationOf | [\"PT1.5S\"] | \"PT1.5S\"",
                "functions.Shapes.boxedOf | [null] | null",
                "functions.Shapes.nothing | [] | null"
            })
    void arguments_find_their_method_and_values_their_form(String func, String args, String value) {
        assertThat(pool.body("apply", call(func, args))).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "functions.Shapes.torn | [1,2]",
                "functions.Shapes.intOf | [3000000000]",
                "functions.Shapes.intOf | [null]",
                "functions.Shapes.intOf | [\"1\"]",
                "functions.Shapes.pointOf | [{\"x\":-1,\"y\":0,\"label\":\"\"}]",
                "functions.Shapes.pointOf | [{\"x\":1,\"z\":0}]",
                "functions.Shapes.colorOf | [\"BLUE\"]",
                "functions.Shapes.join | []"
            })
    void what_fits_no_method_is_said(String func, String args) {
        pool.problem("apply", call(func, args), 422, "arguments-do-not-fit");
    }

    @Test
    void a_map_calls_a_function_of_the_jdk_for_each_item() {
        var map = "{\"func\":\"java.lang.Math.sqrt\",\"iterable\":[1,4,9]}";
        assertThat(pool.body("map", map)).isEqualTo("[1.0,2.0,3.0]");
        var starmap = "{\"func\":\"java.lang.Math.max\",\"iterable\":[[3,7],[2,1.5]]}";
        assertThat(pool.body("starmap", starmap)).isEqualTo("[7,2.0]");
    }

    @Test
    void overloads_are_listed_and_what_cannot_be_loaded_with_its_error() {
        var max = Service.json(pool.service().get("/v1/functions/java.lang.Math.max"));
        assertThat(max.path("signature").asString()).contains("int", "long", "float", "double");
        var path = "/v1/functions?prefix=functions.&pool=java-functions";
        var modules = Service.json(pool.service().get(path)).path("modules");
        for (var broken : new String[] {"Broken", "Hidden", "Missing"}) {
            assertThat(modules.valueStream())
                    .filteredOn(m -> m.path("name").asString().equals("functions." + broken))
                    .singleElement()
                    .satisfies(m -> assertThat(m.path("error").asString()).isNotEmpty());
        }
        var unusable =
                pool.problem(
                        "apply", call("functions.Broken.number", "[]"), 404, "function-unknown");
        assertThat(unusable.path("cause").asString()).contains("no number");
    }
}
