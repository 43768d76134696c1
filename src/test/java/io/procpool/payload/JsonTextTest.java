package io.procpool.payload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class JsonTextTest {
    @Test
    void every_character_is_read_back_by_another_parser_and_by_our_own() {
        var text = new StringBuilder();
        for (int character = 0; character < 0x11000; character++) {
            if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
                text.appendCodePoint(character);
            }
        }
        String json = JsonText.quote(text.toString());
        assertThat(JsonMapper.shared().readTree(json).stringValue()).isEqualTo(text.toString());
        assertThat(JsonText.unquote(Payload.ofUtf8(json))).isEqualTo(text.toString());
    }

    @Test
    void lone_surrogates_are_replaced_and_pairs_are_kept() {
        assertThat(JsonText.quote("a\ud800b\udc00\ud83d\ude00\ud83d"))
                .isEqualTo("\"a\uFFFDb\uFFFD😀\uFFFD\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1|0",
                "\"[[\"|0",
                "[]|1",
                "[[],{}]|2",
                "{\"a\":[{\"]\":1}]}|3",
                "[\"\\\"[[\\\\\",[]]|2",
                "[[[1]],[2]]|3"
            })
    void nesting_is_counted_outside_of_strings(String json, int depth) {
        assertThat(Nesting.of(Payload.ofUtf8(json)).depth()).isEqualTo(depth);
        var text = Payload.ofUtf8("[[" + json + "]]");
        assertThat(Nesting.of(text.slice(2, text.size() - 2)).depth()).isEqualTo(depth);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|0",
                " [ \t ]|0",
                "[0]|1",
                "[[1,2],{\"a\":[3,4],\"b\":5},\"],[\"]|3",
                "[\"\\\",\",1]|2",
                "[null , null]|2",
                "{\"a\":1,\"b\":2}|-1",
                "\"[1,2]\"|-1",
                "7|-1"
            })
    void the_elements_of_an_array_are_counted_and_nothing_else_has_any(String json, int elements) {
        assertThat(Nesting.of(Payload.ofUtf8(json)).elements()).isEqualTo(elements);
        var text = Payload.ofUtf8("[" + json + ",1]");
        assertThat(Nesting.of(text.slice(1, text.size() - 3)).elements()).isEqualTo(elements);
    }

    @Test
    void nothing_has_no_elements() {
        assertThat(Nesting.of(Payload.ofUtf8("  ")).elements()).isEqualTo(Nesting.NO_ARRAY);
        assertThat(Nesting.of(Payload.ofUtf8("")).depth()).isZero();
    }
}
