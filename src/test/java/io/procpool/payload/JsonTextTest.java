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
        assertThat(Nesting.depth(Payload.ofUtf8(json))).isEqualTo(depth);
        assertThat(
                        Nesting.depth(
                                Payload.ofUtf8("[[" + json + "]]")
                                        .slice(
                                                2,
                                                2
                                                        + json.getBytes(
                                                                        java.nio.charset
                                                                                .StandardCharsets
                                                                                .UTF_8)
                                                                .length)))
                .isEqualTo(depth);
    }
}
