package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments and values: as they were sent, byte for byte. */
interface ValuesContract extends Contract {
    int NESTING = 500;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "0",
                "-17",
                "0.1",
                "9007199254740991",
                "\"\"",
                "\"grüße, 世界 😀\"",
                "\"\\\"\\\\\\n\\t\\u0001\"",
                "[]",
                "{}",
                "[1,[2,[3,{}]],null,false]",
                "{\"z\":1,\"a\":{\"y\":[],\"b\":null},\"ä\":\"ö\",\"\":0}"
            })
    default void a_value_comes_back_as_it_was_sent(String value) {
        assertThat(shared().value("tasks.echo", "[" + value + "]")).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "-170141183460469231731687303715884105729",
                "1.0",
                "{\"2\":1,\"1\":2}",
                "[12345678901234567890123,0.5]"
            })
    default void numbers_and_the_order_of_members_are_kept_where_the_language_can(String value) {
        require(Trait.EXACT_NUMBERS);
        assertThat(shared().value("tasks.echo", "[" + value + "]")).isEqualTo(value);
    }

    @Test
    default void an_integer_of_five_thousand_digits_is_kept() {
        require(Trait.EXACT_NUMBERS);
        var number = "7".repeat(5_000);
        assertThat(shared().value("tasks.echo", "[" + number + "]")).isEqualTo(number);
        assertThat(shared().body("map", shared().map("tasks.echo", "[" + number + "]", "")))
                .isEqualTo("[" + number + "]");
    }

    @Test
    default void a_large_value_passes_both_ways() {
        var text = "\"" + "ü€😀".repeat(200_000) + "\"";
        assertThat(shared().value("tasks.echo", "[" + text + "]")).isEqualTo(text);
    }

    @Test
    default void arguments_and_values_may_be_nested_to_the_limit_and_no_deeper() {
        int around = "{\"args\": [".replaceAll("[^\\[{]", "").length();
        var deepest = "[".repeat(NESTING - around) + "]".repeat(NESTING - around);
        assertThat(shared().value("tasks.echo", "[" + deepest + "]")).isEqualTo(deepest);
        shared().problem(
                        "apply",
                        shared().call("tasks.echo", "[[" + deepest + "]]", ""),
                        400,
                        "bad-request");
        assertThat(shared().value("api_functions.nest", "[" + NESTING + "]"))
                .isEqualTo("[".repeat(NESTING) + "]".repeat(NESTING));
        shared().problem("api_functions.nest", "[" + (NESTING + 1) + "]", "not-serializable");
    }

    @Test
    default void arguments_may_be_left_out_where_the_function_says_so() {
        assertThat(shared().value("tasks.add", "[2,3]")).isEqualTo("5");
        assertThat(shared().value("tasks.add", "[2]")).isEqualTo("3");
        assertThat(shared().value("tasks.echo", "[]")).isEqualTo("null");
    }

    @Test
    default void arguments_may_have_names() {
        require(Trait.NAMED_ARGUMENTS);
        var pool = shared();
        var both = pool.call("tasks.add", "[]", ",\"kwds\":{\"b\":5,\"a\":2}");
        assertThat(pool.body("apply", both)).isEqualTo("7");
        var one = pool.call("tasks.add", "[2]", ",\"kwds\":{\"b\":5}");
        assertThat(pool.body("apply", one)).isEqualTo("7");
    }

    @Test
    default void what_can_be_called_is_listed_with_what_it_takes() {
        var name = subject().functions().apply("tasks.add");
        var path =
                "/v1/functions/"
                        + name
                        + "?pool="
                        + shared().path().substring("/v1/pools/".length());
        var told = Service.json(shared().service().get(path));
        assertThat(told.path("name").asString()).as(told.toString()).isEqualTo(name);
        require(Trait.SIGNATURES);
        assertThat(told.path("signature").asString()).contains("a", "b").startsWith("(");
    }
}
