package io.procpool.payload;

import static io.procpool.payload.Bodies.problem;
import static io.procpool.payload.Bodies.refusal;
import static io.procpool.payload.Bodies.sliced;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Refusal.BodyTooLarge;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicerTest {
    @Test
    void fields_come_as_they_were_sent_and_in_their_order() {
        var object =
                sliced(
                        "{\"z\":1, \"a\" : {\"y\": [1 , 2]},\n\"m\":\"x\\u0041\", \"ü\": null, \"\":true}");
        assertThat(object.names()).containsExactly("z", "a", "m", "ü", "");
        assertThat(object.raw("z").utf8()).isEqualTo("1");
        assertThat(object.raw("a").utf8()).isEqualTo("{\"y\": [1 , 2]}");
        assertThat(object.raw("m").utf8()).isEqualTo("\"x\\u0041\"");
        assertThat(object.raw("ü").utf8()).isEqualTo("null");
        assertThat(object.raw("").utf8()).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "-0",
                "0.10",
                "1E+2",
                "\"\\ud800\"",
                "\"\\u0000\"",
                "\"漢字 😀 é\"",
                "\"\u2028\u007f\""
            })
    void a_value_passes_byte_for_byte(String value) {
        assertThat(sliced("{\"args\":[" + value + "]}").raw("args").utf8())
                .isEqualTo("[" + value + "]");
        assertThat(sliced("{\"args\":" + value + "}").raw("args").utf8()).isEqualTo(value);
    }

    @Test
    void integers_of_any_length_pass() {
        for (int digits : new int[] {5_000, 1_000_000}) {
            String number = "7".repeat(digits);
            assertThat(sliced("{\"a\":" + number + ",\"b\":2}").raw("a").utf8()).isEqualTo(number);
        }
    }

    @Test
    void strings_of_any_length_pass() {
        String text = "\"" + "é\\n".repeat(10_000_000) + "\"";
        assertThat(sliced("{\"a\":" + text + " }").raw("a").utf8()).isEqualTo(text);
    }

    @Test
    void names_may_have_64_KiB() {
        String longest = "n".repeat(64 << 10);
        assertThat(sliced("{\"" + longest + "\":1}").names()).containsExactly(longest);
        assertThat(refusal("{\"a\":{\"" + longest + "n\":1}}"))
                .isEqualTo(
                        "A name in the body is longer than 65536 bytes, at line 1, column 7 (byte 6).");
    }

    @Test
    void white_space_is_allowed_wherever_json_allows_it() {
        String s = " \t\r\n ";
        var object =
                sliced(
                        s + "{" + s + "\"a\"" + s + ":" + s + "[" + s + "1" + s + "," + s + "2" + s
                                + "]" + s + "," + s + "\"b\"" + s + ":" + s + "\"x\"" + s + "}"
                                + s);
        assertThat(object.raw("a").utf8()).isEqualTo("[" + s + "1" + s + "," + s + "2" + s + "]");
        assertThat(object.raw("b").utf8()).isEqualTo("\"x\"");
        assertThat(sliced(s + "{" + s + "}" + s).names()).isEmpty();
    }

    @Test
    void nesting_of_500_passes_and_501_is_refused() {
        String arrays = "{\"a\":" + "[".repeat(499) + "]".repeat(499) + "}";
        assertThat(sliced(arrays).raw("a").size()).isEqualTo(998);
        assertThat(refusal("{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}"))
                .isEqualTo(
                        "The body nests deeper than 500 levels, at line 1, column 505 (byte 504).");
        String objects = "{\"a\":".repeat(500) + "1" + "}".repeat(500);
        assertThat(sliced(objects).names()).containsExactly("a");
        assertThat(refusal("{\"a\":" + objects + "}"))
                .startsWith("The body nests deeper than 500 levels");
        assertThat(refusal("{\"a\":" + "[".repeat(5_000_000)))
                .startsWith("The body nests deeper than 500 levels");
    }

    @Test
    void a_body_of_64_MiB_passes_and_one_byte_more_is_too_large() {
        int limit = Limits.DEFAULT.maxBytes();
        var slicer = new Slicer(Limits.DEFAULT);
        assertThat(slicer.slice(bodyOf(limit)).raw("a").size()).isEqualTo(limit - 6);
        assertThat(problem(() -> slicer.slice(bodyOf(limit + 1))))
                .isEqualTo(new BodyTooLarge(limit));
    }

    private static byte[] bodyOf(int size) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) 'x');
        System.arraycopy("{\"a\":\"".getBytes(UTF_8), 0, body, 0, 6);
        System.arraycopy("\"}".getBytes(UTF_8), 0, body, size - 2, 2);
        return body;
    }

    @Test
    void a_million_integers_are_listed_in_the_same_pass() {
        var text = new StringBuilder("{\"iterable\":[0");
        for (int i = 1; i < 1_000_000; i++) {
            text.append(i % 7 == 0 ? " , " : ",").append(i);
        }
        var items = sliced(text.append("],\"func\":\"f\"}").toString()).items("iterable");
        assertThat(items.size()).isEqualTo(1_000_000);
        for (int i = 0; i < items.size(); i += 997) {
            assertThat(items.item(i).utf8()).isEqualTo(Integer.toString(i));
        }
        assertThat(items.range(999_998, 1_000_000).utf8()).isEqualTo("[999998 , 999999]");
        assertThat(items.range(7, 9).utf8()).isEqualTo("[7,8]");
    }

    @Test
    void many_long_names_within_and_beside_each_other_pass() {
        var text = new StringBuilder("{");
        for (int i = 0; i < 2_000; i++) {
            text.append("\"field")
                    .append(i)
                    .append("\":[{\"a\":1,\"b\":{\"a\":{\"a\":0}}},{\"a\":1}],");
        }
        text.append("\"inner\":{");
        for (int i = 0; i < 200_000; i++) {
            text.append("\"").append(i).append("\":{\"0\":0,\"1\":1},");
        }
        var object = sliced(text.append("\"end\":0}}").toString());
        assertThat(object.names()).hasSize(2_001);
    }
}
