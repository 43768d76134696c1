package io.procpool.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of a chunk, one by one. */
class StreamElementsTest {
    private static List<String> texts(Elements elements) throws IOException {
        var texts = new ArrayList<String>();
        while (elements.next()) {
            var out = new ByteArrayOutputStream();
            elements.writeLine(out);
            texts.add(out.toString(UTF_8));
        }
        return texts;
    }

    private static Payload part(String text) {
        var around = "[" + text + "]";
        return Payload.ofUtf8(around).slice(1, around.getBytes(UTF_8).length - 1);
    }

    @Test
    void each_element_is_found_as_it_is() throws IOException {
        var array = " [1, \"a,]\\\"\" ,{\"k\":[1,2]},[],[[3],{}],null,\"ü\\\\\"] ";
        assertThat(texts(Elements.ofArray(Payload.ofUtf8(array), 7)))
                .containsExactly(
                        "1", "\"a,]\\\"\"", "{\"k\":[1,2]}", "[]", "[[3],{}]", "null", "\"ü\\\\\"");
        assertThat(texts(Elements.ofArray(Payload.ofUtf8("[]"), 0))).isEmpty();
        assertThat(texts(Elements.ofArray(Payload.ofUtf8("[ ]"), 0))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1,2]|1",
                "[1,2]|3",
                "[]|1",
                "[1,]|2",
                "[,1]|2",
                "[1,,2]|3",
                "[[1,2]|1",
                "[1]]|1",
                "[\"a]|1",
                "1|1",
                "[|0",
                "{}|0",
                "[\"a\\\"]|1",
                "[}{]|1"
            })
    void what_is_no_array_of_so_many_is_none(String text, int expected) {
        assertThat(Elements.ofArray(Payload.ofUtf8(text), expected)).isNull();
    }

    @Test
    void an_element_is_written_in_one_line() throws IOException {
        var array = "[{\n \"a\":\r1\n},\n2\n]";
        assertThat(texts(Elements.ofArray(Payload.ofUtf8(array), 2)))
                .containsExactly("{  \"a\": 1 }", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,2,3", ",1,2,3", " , 1 ,2,3"})
    void a_part_of_an_array_may_begin_with_a_comma(String text) throws IOException {
        assertThat(texts(Elements.within(part(text)))).containsExactly("1", "2", "3");
    }

    @Test
    void a_part_may_be_empty() throws IOException {
        assertThat(texts(Elements.within(part("")))).isEmpty();
        assertThat(texts(Elements.within(Payload.ofUtf8("[1,2]").slice(2, 2)))).isEmpty();
    }
}
