package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Values as JSON. */
class WritingTest {
    private static final int MAX_BODY = 1000;
    private static final int MAX_NESTING = 20;

    private final Encoder encoder = new Encoder(new Json(MAX_NESTING), MAX_BODY, MAX_NESTING);

    public record Pair(String first, Object second) {}

    public static class Bean {
        public String getName() {
            return "bean";
        }

        public int getBroken() {
            throw new IllegalStateException("no such thing");
        }
    }

    private String written(Object value) throws Failed {
        return encoder.encode(value).utf8();
    }

    private String refused(Object value) {
        var failed = catchThrowableOfType(Failed.class, () -> encoder.encode(value));
        assertThat(failed).as("%s", value).isNotNull();
        return failed.fields().get("problem") + ": " + failed.message();
    }

    @Test
    void values_are_written_compactly_and_as_they_are() throws Failed {
        assertThat(written(null)).isEqualTo("null");
        assertThat(written(true)).isEqualTo("true");
        assertThat(written(new BigInteger("1".repeat(50)))).isEqualTo("1".repeat(50));
        assertThat(written(new BigDecimal("0.10"))).isEqualTo("0.10");
        assertThat(written(1.0)).isEqualTo("1.0");
        assertThat(written(1.5f)).isEqualTo("1.5");
        assertThat(written('a')).isEqualTo("\"a\"");
        assertThat(written("ä\"\\\n\u0001😀")).isEqualTo("\"ä\\\"\\\\\\n\\u0001😀\"");
        assertThat(written(new byte[] {0, -1})).isEqualTo("\"AP8=\"");
        assertThat(written(new int[] {1, 2})).isEqualTo("[1,2]");
        assertThat(written(new Object[] {"a", null})).isEqualTo("[\"a\",null]");
        assertThat(written(Optional.of(List.of()))).isEqualTo("[]");
        assertThat(written(Optional.empty())).isEqualTo("null");
        assertThat(written(new TreeMap<>(Map.of(1, "a", 2, "b"))))
                .isEqualTo("{\"1\":\"a\",\"2\":\"b\"}");
        assertThat(written(new Pair("x", Map.of("k", 1))))
                .isEqualTo("{\"first\":\"x\",\"second\":{\"k\":1}}");
        assertThat(written(DayOfWeek.MONDAY)).isEqualTo("\"MONDAY\"");
        assertThat(written(LocalDateTime.parse("2024-02-29T12:00:00")))
                .isEqualTo("\"2024-02-29T12:00:00\"");
        assertThat(written(Duration.ofMinutes(90))).isEqualTo("\"PT1H30M\"");
        assertThat(written(ZonedDateTime.parse("2024-02-29T12:00:00+01:00[Europe/Berlin]")))
                .isEqualTo("\"2024-02-29T12:00:00+01:00[Europe/Berlin]\"");
        assertThat(written(UUID.fromString("00000000-0000-0000-0000-000000000001")))
                .isEqualTo("\"00000000-0000-0000-0000-000000000001\"");
    }

    @Test
    void the_order_of_components_and_keys_is_kept() throws Failed {
        var map = new LinkedHashMap<String, Object>();
        map.put("z", 1);
        map.put("a", new Pair("f", "s"));

        assertThat(written(map)).isEqualTo("{\"z\":1,\"a\":{\"first\":\"f\",\"second\":\"s\"}}");
    }

    @Test
    void what_json_does_not_have_is_refused_with_its_place() {
        assertThat(refused(Double.NaN))
                .isEqualTo("not-serializable: result is NaN, which JSON does not have");
        assertThat(refused(Map.of("a", List.of(1, Float.NEGATIVE_INFINITY))))
                .isEqualTo(
                        "not-serializable: result[\"a\"][1] is -Infinity, which JSON does not have");
        assertThat(refused(new double[] {1, Double.NaN})).contains("NaN");
        assertThat(refused(new float[] {Float.NaN})).contains("NaN");
        assertThat(refused(new Pair("a", "\ud800")))
                .contains("result[\"second\"]", "lone surrogate \\ud800");
        assertThat(refused("\udc00\udc00")).contains("lone surrogate");
        assertThat(refused(Map.of("\ud800", 1))).contains("lone surrogate");
        assertThat(refused(List.of(new Object()))).contains("result[0]", "java.lang.Object");
        assertThat(refused(Thread.currentThread())).contains("java.lang.Thread", "no JSON form");
        assertThat(refused(new CompletableFuture<>())).contains("CompletableFuture");
        assertThat(refused(new IllegalStateException("x"))).contains("IllegalStateException");
        assertThat(refused((Runnable) () -> {})).startsWith("not-serializable: ");
        assertThat(refused(new Bean())).contains("no such thing");
    }

    @Test
    void nesting_has_a_limit_and_circles_have_no_end() throws Failed {
        assertThat(written(nested(MAX_NESTING)))
                .isEqualTo("[".repeat(MAX_NESTING) + "]".repeat(MAX_NESTING));
        assertThat(refused(nested(MAX_NESTING + 1)))
                .isEqualTo("not-serializable: the result is nested deeper than 20 levels");
        assertThat(refused(nested(100_000))).startsWith("not-serializable: ");
        var circle = new ArrayList<Object>();
        circle.add(circle);
        assertThat(refused(circle)).startsWith("not-serializable: ");
        var self = new HashMap<String, Object>();
        self.put("self", Optional.of(self));
        assertThat(refused(self)).startsWith("not-serializable: ");
    }

    private static Object nested(int levels) {
        Object value = List.of();
        for (int i = 1; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }

    @Test
    void a_text_over_the_limit_is_too_large_and_one_at_the_limit_is_not() throws Failed {
        assertThat(written("x".repeat(MAX_BODY - 2))).hasSize(MAX_BODY);
        assertThat(refused("x".repeat(MAX_BODY - 1))).startsWith("result-too-large: ");
        assertThat(refused(Collections.nCopies(MAX_BODY, 1))).startsWith("result-too-large: ");
        assertThat(refused(new BigInteger("1".repeat(MAX_BODY + 1))))
                .startsWith("result-too-large: ");
        assertThat(refused(endless())).startsWith("result-too-large: ");
    }

    private static List<Integer> endless() {
        return new AbstractList<>() {
            @Override
            public Integer get(int index) {
                return index;
            }

            @Override
            public int size() {
                return Integer.MAX_VALUE;
            }
        };
    }

    @Test
    void what_fails_leaves_no_text_behind() throws Failed {
        var text = new BoundedText(MAX_BODY);
        encoder.encode(List.of(1), text);
        var failed =
                catchThrowableOfType(
                        Failed.class, () -> encoder.encode(List.of(2, Double.NaN), text));

        assertThat(failed).isNotNull();
        assertThat(text.payload().utf8()).isEqualTo("[1]");
    }

    @Test
    void paths_and_the_like_are_texts() throws Failed {
        assertThat(written(Path.of("/tmp/a"))).startsWith("\"").contains("/tmp/a");
    }
}
