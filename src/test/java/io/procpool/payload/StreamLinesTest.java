package io.procpool.payload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.BodyTooLarge;
import io.procpool.problem.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON lines become items, in whatever pieces they come; a line that is not one value is named. */
class StreamLinesTest {
    private static final InFlight MEMORY = new InFlight(1 << 30);

    /** Gives at most so many bytes at a time. */
    private static InputStream pieces(byte[] bytes, int most) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, most));
            }
        };
    }

    private static LineReader reader(String text, int most) throws IOException {
        var in = pieces(("{\"func\":\"f\"}\n" + text).getBytes(UTF_8), most);
        var reader = new LineReader(in, Limits.DEFAULT, MEMORY.hold());
        assertThat(reader.head().string("func")).contains("f");
        return reader;
    }

    private static List<String> items(LineReader reader) throws IOException {
        var texts = new ArrayList<String>();
        for (var items = reader.next(); items != null; items = reader.next()) {
            for (int item = 0; item < items.size(); item++) {
                texts.add(items.item(item).utf8());
            }
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100_000})
    void every_line_is_an_item_in_whatever_pieces_it_comes(int most) throws IOException {
        var text = "1\n\n \t\r\n[1, {\"a\" : 2}]\r\n\"ü,\"\n  null  \n1e5";
        assertThat(items(reader(text, most)))
                .containsExactly("1", "[1, {\"a\" : 2}]", "\"ü,\"", "null", "1e5");
    }

    @Test
    void random_lines_pass_byte_for_byte() throws IOException {
        var random = new Random(7);
        var lines = new ArrayList<String>();
        for (int line = 0; line < 5_000; line++) {
            lines.add(
                    switch (random.nextInt(4)) {
                        case 0 -> Long.toString(random.nextLong());
                        case 1 -> "\"" + "x,]".repeat(random.nextInt(200)) + "\"";
                        case 2 -> "{\"k\":[" + random.nextInt() + ",\"\\\"\\n\"]}";
                        default -> "\"" + "y".repeat(random.nextInt(100_000) / 20) + "\"";
                    });
        }
        assertThat(items(reader(String.join("\n", lines), 9_000))).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1,2",
                "1 2",
                "]",
                "[",
                "[1",
                "1],[2",
                "\"a",
                "{\"a\":1,\"a\":2}",
                "tru",
                "nul",
                "{",
                "}",
                "\"\t\"",
                "\ufeff1",
                "NaN",
                "'a'",
                "01",
                ",",
                "1,",
                ",1",
                "[1\u0000]"
            })
    void a_line_that_is_not_one_value_is_named_and_all_before_it_come(String bad)
            throws IOException {
        for (int most : new int[] {1, 100_000}) {
            var reader = reader("0\n\n2\n" + bad + "\n4\n", most);
            var before = new ArrayList<String>();
            assertThatThrownBy(
                            () -> {
                                for (var items = reader.next();
                                        items != null;
                                        items = reader.next()) {
                                    for (int item = 0; item < items.size(); item++) {
                                        before.add(items.item(item).utf8());
                                    }
                                }
                            })
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(((BadRequest) refused.problem()).detail())
                                            .startsWith("Line 5: ")
                                            .doesNotContain("line 1"));
            assertThat(before).containsExactly("0", "2");
        }
    }

    @Test
    void two_lines_that_are_only_together_json_are_none() throws IOException {
        for (var text : List.of("[1\n2]\n", "\"a\nb\"\n", "{\"a\":\n1}\n", "[\n]\n")) {
            var reader = reader(text, 100_000);
            assertThatThrownBy(() -> items(reader))
                    .as(text)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(((BadRequest) refused.problem()).detail())
                                            .startsWith("Line 2: "));
        }
    }

    @Test
    void a_line_in_another_encoding_is_bad() throws IOException {
        var in = new ByteArrayInputStream("{\"func\":\"f\"}\n\"ü\"\n".getBytes(ISO_8859_1));
        var reader = new LineReader(in, Limits.DEFAULT, MEMORY.hold());
        reader.head();
        assertThat(reader.next().size()).isZero();
        assertThatThrownBy(reader::next)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(((BadRequest) refused.problem()).detail())
                                        .startsWith("Line 2: it is not valid UTF-8"));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 70_000, 1 << 20})
    void a_line_may_be_as_long_as_a_body_and_no_longer(int most) throws IOException {
        var limits = new Limits(most, 10);
        var head = "{}\n";
        var longest = "\"" + "x".repeat(most - 2) + "\"";
        for (int pieces : new int[] {8_192, 1 << 21}) {
            var bytes = (head + longest + "\n" + longest + "\n").getBytes(UTF_8);
            var reader = new LineReader(pieces(bytes, pieces), limits, MEMORY.hold());
            reader.head();
            assertThat(items(reader)).containsExactly(longest, longest);
            var over = (head + "1\n \n" + longest + " \n2\n").replace("x\"", "xx\"");
            var bad = new LineReader(pieces(over.getBytes(UTF_8), pieces), limits, MEMORY.hold());
            bad.head();
            assertThatThrownBy(() -> items(bad))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(((BadRequest) refused.problem()).detail())
                                            .startsWith("Line 4: it is longer than " + most));
        }
    }

    @Test
    void a_head_that_is_too_long_is_a_413() {
        var limits = new Limits(100, 10);
        for (int length : new int[] {101, 200_000}) {
            var in = new ByteArrayInputStream(("{" + " ".repeat(length - 1)).getBytes(UTF_8));
            assertThatThrownBy(() -> new LineReader(in, limits, MEMORY.hold()).head())
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.problem()).isInstanceOf(BodyTooLarge.class));
        }
    }

    @Test
    void the_buffer_of_a_long_line_is_given_back() throws IOException {
        var memory = new InFlight(1 << 30);
        try (var hold = memory.hold()) {
            var text = "{}\n\"" + "x".repeat(1 << 20) + "\"\n" + "1\n".repeat(200_000);
            var in = pieces(text.getBytes(UTF_8), 8_192);
            var reader = new LineReader(in, Limits.DEFAULT, hold);
            reader.head();
            long most = 0;
            for (var items = reader.next(); items != null; items = reader.next()) {
                most = Math.max(most, memory.held());
            }
            assertThat(most).isGreaterThan(1 << 20);
            assertThat(memory.held()).isEqualTo(LineReader.BUFFER);
        }
        assertThat(memory.held()).isZero();
    }

    @Test
    void a_whole_body_of_lines_is_cut_in_the_same_way() {
        var body = LineBody.of("\n{\"a\":1}\r\n\n1\n[2]".getBytes(UTF_8), Limits.DEFAULT);
        assertThat(body.head().names()).containsExactly("a");
        assertThat(body.items().range(0, 2).utf8()).isEqualTo("[1,[2]]");
        assertThat(LineBody.of("{}".getBytes(UTF_8), Limits.DEFAULT).items().size()).isZero();
        assertThatThrownBy(() -> LineBody.of("{}\n1\n2 3\n4".getBytes(UTF_8), Limits.DEFAULT))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(((BadRequest) refused.problem()).detail())
                                        .startsWith("Line 3: "));
    }
}
