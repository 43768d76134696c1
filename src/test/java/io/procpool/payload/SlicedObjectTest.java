package io.procpool.payload;

import static io.procpool.payload.Bodies.refusal;
import static io.procpool.payload.Bodies.sliced;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlicedObjectTest {
    @Test
    void each_field_tells_its_kind() {
        var object =
                sliced("{\"o\":{},\"a\":[],\"s\":\"\",\"n\":-1,\"t\":true,\"f\":false,\"z\":null}");
        assertThat(object.names().stream().map(object::kind))
                .containsExactly(
                        Kind.OBJECT,
                        Kind.ARRAY,
                        Kind.STRING,
                        Kind.NUMBER,
                        Kind.BOOLEAN,
                        Kind.BOOLEAN,
                        Kind.NULL);
    }

    @Test
    void null_counts_as_absent_and_can_be_told_apart() {
        var object = sliced("{\"x\":null,\"y\":0}");
        for (String name : new String[] {"x", "absent"}) {
            assertThat(object.string(name)).isEmpty();
            assertThat(object.integer(name, 0, 9)).isEmpty();
            assertThat(object.seconds(name)).isEmpty();
            assertThat(object.bool(name)).isEmpty();
            assertThat(object.strings(name)).isEmpty();
            assertThat(object.isNull(name)).isEqualTo(name.equals("x"));
            assertThat(object.has(name)).isEqualTo(name.equals("x"));
        }
        assertThat(object.isNull("y")).isFalse();
    }

    @Test
    void a_missing_field_is_refused_where_it_is_needed() {
        var object = sliced("{\"x\":null}");
        assertThat(refusal(() -> object.raw("func"))).isEqualTo("The field \"func\" is missing.");
        assertThat(refusal(() -> object.kind("func"))).isEqualTo("The field \"func\" is missing.");
        assertThat(refusal(() -> object.items("func"))).isEqualTo("The field \"func\" is missing.");
        assertThat(refusal(() -> object.object("x")))
                .isEqualTo("The field \"x\" must be an object, but is null.");
        assertThat(refusal(() -> object.items("x")))
                .isEqualTo("The field \"x\" must be an array, but is null.");
    }

    @Test
    void strings_are_decoded() {
        var object =
                sliced(
                        "{\"a\":\"é\\u00e9\\ud83d\\ude00😀\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"b\":\"\\udc00x\"}");
        assertThat(object.string("a")).hasValue("éé😀😀\"\\/\b\f\n\r\t");
        assertThat(object.string("b")).hasValue("\udc00x");
    }

    @Test
    void escaped_names_are_found_by_what_they_mean() {
        var object = sliced("{\"\\u0066unc\":\"f\",\"\\u0069terable\":[1,2]}");
        assertThat(object.string("func")).hasValue("f");
        assertThat(object.items("iterable").size()).isEqualTo(2);
    }

    @Test
    void readers_name_the_field_what_it_must_be_and_what_it_is() {
        var object = sliced("{\"a\":[1,\"x\"],\"b\":\"soon\",\"c\":1.0,\"d\":{}}");
        assertThat(refusal(() -> object.string("a")))
                .isEqualTo("The field \"a\" must be a string, but is an array.");
        assertThat(refusal(() -> object.seconds("b")))
                .isEqualTo(
                        "The field \"b\" must be a number of seconds from 0 to 315360000, but is \"soon\".");
        assertThat(refusal(() -> object.integer("c", 1, 5)))
                .isEqualTo("The field \"c\" must be an integer from 1 to 5, but is 1.0.");
        assertThat(refusal(() -> object.bool("d")))
                .isEqualTo("The field \"d\" must be true or false, but is an object.");
        assertThat(refusal(() -> object.strings("a")))
                .isEqualTo("The field \"a\" must be an array of strings, but is an array.");
        assertThat(refusal(() -> object.items("d")))
                .isEqualTo("The field \"d\" must be an array, but is an object.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "7", "-100", "100"})
    void integers_within_their_bounds_are_read(String number) {
        assertThat(sliced("{\"n\":" + number + "}").integer("n", -100, 100))
                .hasValue(Integer.parseInt(number));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "101",
                "-101",
                "1e1",
                "1.5",
                "99999999999",
                "99999999999999999999999",
                "\"7\"",
                "true"
            })
    void other_integers_are_refused(String value) {
        var object = sliced("{\"n\":" + value + "}");
        assertThat(refusal(() -> object.integer("n", -100, 100)))
                .isEqualTo(
                        "The field \"n\" must be an integer from -100 to 100, but is "
                                + value
                                + ".");
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-0.0,0", "2.5,2.5", "1e3,1000", "315360000,315360000", "1e-400,0"})
    void seconds_are_read(String number, double seconds) {
        assertThat(sliced("{\"t\":" + number + "}").seconds("t")).hasValue(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-1e-9", "315360001", "1e400", "-1e400"})
    void other_durations_are_refused(String number) {
        var object = sliced("{\"t\":" + number + "}");
        assertThat(refusal(() -> object.seconds("t")))
                .contains("from 0 to 315360000, but is " + number);
    }

    @Test
    void megabytes_of_digits_are_refused_without_being_converted_or_shown() {
        var object = sliced("{\"t\":" + "9".repeat(5_000_000) + "}");
        assertThat(refusal(() -> object.seconds("t"))).contains("999…");
        assertThat(refusal(() -> object.integer("t", 0, 1))).contains("999…");
    }

    @Test
    void lists_of_strings_and_nested_objects_are_read() {
        var object =
                sliced(
                        "{\"p\":[\"a\", \"\\u0062\" ],\"e\":[ ],\"o\": { \"k\" : {\"iterable\":[1,[2,3] , 4 ]}}}");
        assertThat(object.strings("p")).containsExactly("a", "b");
        assertThat(object.strings("e")).isEmpty();
        assertThat(object.object("o").raw("k").utf8()).isEqualTo("{\"iterable\":[1,[2,3] , 4 ]}");
        var items = object.object("o").object("k").items("iterable");
        assertThat(items.range(0, 3).utf8()).isEqualTo("[1,[2,3] , 4]");
    }
}
