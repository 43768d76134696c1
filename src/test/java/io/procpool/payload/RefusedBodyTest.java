package io.procpool.payload;

import static io.procpool.payload.Bodies.refusal;
import static io.procpool.payload.Bodies.sliced;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedBodyTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,}|7|unexpected character ('}'",
                "{\"a\":[1,]}|8|unexpected character (']'",
                "{\"a\":NaN}|8|non-standard token 'NaN'",
                "{\"a\":Infinity}|13|non-standard token 'Infinity'",
                "{\"a\":-Infinity}|14|non-standard token '-Infinity'",
                "{\"a\":+1}|6|('+'",
                "{\"a\":01}|6|leading zeroes",
                "{\"a\":-}|6|minus sign",
                "{\"a\":1.}|6|decimal point",
                "{\"a\":.5}|5|('.'",
                "{\"a\":1e}|6|exponent",
                "{\"a\":0x10}|6|('x'",
                "{\"a\":truex}|5|'truex'",
                "{\"a\":True}|5|'True'",
                "{\"a\":é}|5|token '?'",
                "{/*c*/\"a\":1}|1|('/'",
                "{'a':1}|1|double-quote",
                "{a:1}|1|double-quote",
                "{\"a\" 1}|5|colon",
                "{\"a\":1 \"b\":2}|7|comma",
                "{\"a\":1,,\"b\":2}|7|(','",
                "{\"a\":1]|6|']'",
                "{\"a\":[1}|7|'}'",
                "{\"a\":\"\\x\"}|7|escape 'x'",
                "{\"a\":\"\\u12g4\"}|10|hex-digit",
                "{\"a\":1}x|7|after its object",
                "{\"a\":1} {\"b\":2}|8|after its object",
                "{\"a\":1} ,|8|after its object",
                "{\"a\":1}]|7|after its object",
                "{|1|too early",
                "{\"a|3|too early",
                "{\"a\"|4|too early",
                "{\"a\":|5|too early",
                "{\"a\":1,|7|too early",
                "{\"a\":12|7|too early",
                "{\"a\":1,\"b\":2.5|14|too early",
                "{\"a\":\"x|7|too early",
                "{\"a\":[[1]|9|too early",
                "[1]|0|must be a JSON object",
                "1|0|must be a JSON object",
                "null|0|must be a JSON object",
                "\"{}\"|0|must be a JSON object",
            })
    void what_is_no_json_object_is_refused_with_what_and_where(String body, int at, String what) {
        assertThat(refusal(body)).containsIgnoringCase(what).endsWith("(byte " + at + ").");
    }

    @Test
    void raw_control_characters_in_strings_and_names_are_refused() {
        assertThat(refusal("{\"a\":\"x\ny\"}")).contains("code 10").contains("(byte 7)");
        assertThat(refusal("{\"a\u0001\":1}")).contains("code 1)").contains("(byte 3)");
        assertThat(refusal("{\"a\":1\u0000}")).contains("code 0").contains("(byte 6)");
    }

    @Test
    void the_place_is_told_in_lines_and_in_columns_of_characters() {
        assertThat(refusal("{\n  \"é😀\": nul\n}"))
                .startsWith("The body is not valid JSON: unrecognized token 'nul'")
                .endsWith("at line 2, column 9 (byte 14).");
    }

    @Test
    void an_empty_body_is_refused() {
        assertThat(refusal("")).isEqualTo("The body is empty; it must be a JSON object.");
        assertThat(refusal(" \r\n\t")).isEqualTo("The body is empty; it must be a JSON object.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':1,'a':1}",
                "{'a':1,'b':2,'a':3}",
                "{'a':1,'\\u0061':2}",
                "{'é':1,'\\u00e9':2}",
                "{'😀':1,'\\ud83d\\ude00':2}",
                "{'\\ud800':1,'\\uD800':2}",
                "{'':1,'':2}",
                "{'x':{'a':1,'a':1}}",
                "{'x':[[{'b':{},'a':{'a':1},'a':1}]]}",
            })
    void a_name_that_comes_twice_in_one_object_is_refused_at_every_level(String body) {
        assertThat(refusal(body.replace('\'', '"')))
                .startsWith("The name \"")
                .contains("comes twice in the same object");
    }

    @Test
    void a_name_that_comes_twice_among_many_is_refused_wherever_it_stands() {
        for (int size : new int[] {2, 8, 9, 10, 100, 5_000}) {
            for (int twice : new int[] {0, 1, size / 2, size - 1}) {
                var text = new StringBuilder("{");
                for (int i = 0; i < size; i++) {
                    text.append("\"name")
                            .append(i)
                            .append("\":{\"name0\":0,\"name1\":[{\"x\":1}]},");
                }
                String names = text.toString();
                assertThat(refusal(names + "\"name" + twice + "\":0}"))
                        .startsWith("The name \"name" + twice + "\"");
                assertThat(sliced(names + "\"other\":0}").names()).hasSize(size + 1);
            }
        }
    }

    @Test
    void names_that_only_look_alike_are_not_the_same() {
        // As Latin-1, the two bytes of é are the characters of the second name.
        assertThat(
                        sliced(
                                        "{\"é\":1,\"\\u00c3\\u00a9\":2,\"e\u0301\":3,\"\\ud800\":4,\"\\ud801\":5,\"?\":6}")
                                .names())
                .containsExactly("é", "Ã©", "e\u0301", "\ud800", "\ud801", "?");
    }

    @Test
    void a_byte_order_mark_is_refused() {
        assertThat(refusal("\uFEFF{}")).contains("byte order mark");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void utf_16_and_utf_32_are_refused(String charset) {
        assertThat(refusal("{\"a\":1}".getBytes(Charset.forName(charset))))
                .contains("UTF-16 or UTF-32");
        assertThat(refusal("\uFEFF{\"漢\":1}".getBytes(UTF_16LE))).contains("UTF-16 or UTF-32");
        assertThat(refusal("\uFEFF{\"漢\":1}".getBytes(UTF_16BE))).contains("UTF-16 or UTF-32");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "c3",
                "c0af",
                "c1bf",
                "e08080",
                "e09fbf",
                "eda080",
                "edbfbf",
                "f0808080",
                "f08fbfbf",
                "f4908080",
                "f5808080",
                "ff",
                "fe",
                "e282",
                "f09f98",
                "c328",
                "e28228",
                "f09f9828",
                "edb080eda080"
            })
    void bytes_that_are_not_utf_8_are_refused_wherever_they_stand(String hex) {
        for (String before :
                new String[] {"{\"", "{\"a\":\"", "{\"a\":\"12345678é", "{\"a\":", "{\"a\":1}"}) {
            var body = new ByteArrayOutputStream();
            body.writeBytes(before.getBytes(UTF_8));
            int at = body.size();
            body.writeBytes(HexFormat.of().parseHex(hex));
            assertThat(refusal(body.toByteArray()))
                    .contains("not valid UTF-8")
                    .endsWith("(byte " + at + ").");
            body.writeBytes("\"}".getBytes(UTF_8));
            assertThat(refusal(body.toByteArray()))
                    .contains("not valid UTF-8")
                    .endsWith("(byte " + at + ").");
        }
    }

    @Test
    void the_first_and_last_characters_of_each_length_pass() {
        String text = "\"\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\ud800\udc00\udbff\udfff\"";
        assertThat(sliced("{\"a\":" + text + "}").raw("a").utf8()).isEqualTo(text);
    }

    @Test
    void a_refusal_of_a_huge_wrong_token_stays_short() {
        assertThat(refusal("{\"a\":" + "x".repeat(1_000_000) + "}")).contains("token 'xxx");
        String name = "\"" + "y\\n".repeat(10_000) + "\":1";
        assertThat(refusal("{" + name + "," + name + "}"))
                .contains("yn".substring(0, 1))
                .contains("comes twice");
    }

    @Test
    void more_than_10000_fields_are_refused_at_the_top_only() {
        var names = new StringBuilder("{\"0\":0");
        for (int i = 1; i < 10_001; i++) {
            names.append(",\"").append(i).append("\":0");
        }
        assertThat(refusal(names + "}")).isEqualTo("The object has more than 10000 fields.");
        assertThat(sliced("{\"kwds\":" + names + "}}").names()).containsExactly("kwds");
    }
}
