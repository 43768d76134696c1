package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutputTailTest {
    private final OutputTail tail = new OutputTail(8);

    private void add(String text) {
        tail.add(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    @Test
    void nothing_written_is_an_empty_text() {
        assertThat(tail.text()).isEmpty();
        add("");
        assertThat(tail.text()).isEmpty();
        assertThat(tail.truncated()).isFalse();
    }

    @Test
    void what_fits_is_kept_whole() {
        add("1234");
        add("5678");
        assertThat(tail.text()).isEqualTo("12345678");
        assertThat(tail.truncated()).isFalse();
    }

    @Test
    void of_more_the_end_is_kept() {
        add("1234");
        add("56789");
        assertThat(tail.text()).isEqualTo("23456789");
        assertThat(tail.truncated()).isTrue();
        add("abcdefghijklmnop");
        assertThat(tail.text()).isEqualTo("ijklmnop");
    }

    @Test
    void a_character_that_was_cut_in_two_reads_as_a_replacement() {
        add("日本語"); // 9 bytes: of the first character two are left
        assertThat(tail.text()).isEqualTo("\uFFFD\uFFFD本語");
        assertThat(tail.truncated()).isTrue();
    }

    @Test
    void a_character_that_comes_in_two_writes_is_one() {
        var bytes = "é".getBytes(UTF_8);
        tail.add(ByteBuffer.wrap(bytes, 0, 1));
        tail.add(ByteBuffer.wrap(bytes, 1, 1));
        assertThat(tail.text()).isEqualTo("é");
    }

    @Test
    void after_it_was_cleared_it_is_as_new() {
        add("123456789");
        tail.clear();
        assertThat(tail.text()).isEmpty();
        assertThat(tail.truncated()).isFalse();
        add("ab");
        assertThat(tail.text()).isEqualTo("ab");
    }

    @Test
    void it_is_the_end_of_all_that_was_written_however_it_came() {
        long seed = new Random().nextInt();
        int rounds = Boolean.getBoolean("procpool.deep") ? 20_000 : 1_000;
        for (int round = 0; round < rounds; round++) {
            var random = new Random(seed + round);
            int limit = 1 + random.nextInt(random.nextInt(4) == 0 ? 10_000 : 50);
            var ring = new OutputTail(limit);
            var all = new ByteArrayOutputStream();
            for (int i = random.nextInt(20); i > 0; i--) {
                if (random.nextInt(12) == 0) {
                    ring.clear();
                    all.reset();
                }
                var chunk = new byte[random.nextInt(3 * limit)];
                random.nextBytes(chunk);
                ring.add(ByteBuffer.wrap(chunk));
                all.writeBytes(chunk);
                assertThat(ring.text())
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(end(all.toByteArray(), limit));
                assertThat(ring.truncated()).isEqualTo(all.size() > limit);
            }
        }
    }

    private static String end(byte[] all, int limit) {
        return new String(
                Arrays.copyOfRange(all, Math.max(0, all.length - limit), all.length), UTF_8);
    }
}
