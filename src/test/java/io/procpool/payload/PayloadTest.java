package io.procpool.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.problem.Refusal.Overloaded;
import io.procpool.problem.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PayloadTest {
    @Test
    void every_way_out_gives_the_same_bytes() throws IOException {
        var payload = Payload.of("xxé😀yy".getBytes(UTF_8), 2, 8);
        var out = new ByteArrayOutputStream();
        payload.writeTo(out);
        var buffer = payload.asByteBuffer();
        byte[] read = new byte[buffer.remaining()];
        buffer.get(read);
        assertThat(payload.utf8()).isEqualTo("é😀");
        assertThat(payload.size()).isEqualTo(6);
        assertThat(out.toByteArray())
                .isEqualTo(read)
                .isEqualTo(payload.toByteArray())
                .isEqualTo("é😀".getBytes(UTF_8));
        assertThat(buffer.isReadOnly()).isTrue();
        assertThat(buffer.capacity()).isEqualTo(6);
    }

    @Test
    void payloads_are_equal_by_content() {
        var whole = Payload.ofUtf8("abcabc");
        assertThat(whole.slice(0, 3))
                .isEqualTo(whole.slice(3, 6))
                .hasSameHashCodeAs(whole.slice(3, 6));
        assertThat(whole.slice(1, 3)).isNotEqualTo(whole.slice(0, 2));
        assertThat(whole.slice(2, 2))
                .isEqualTo(Payload.of(new byte[0]))
                .isEqualTo(Payload.ofUtf8(""));
    }

    @Test
    void a_slice_keeps_within_its_payload() {
        var middle = Payload.ofUtf8("abcdef").slice(1, 5);
        assertThat(middle.slice(1, 3).utf8()).isEqualTo("cd");
        assertThatThrownBy(() -> middle.slice(0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> middle.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Payload.of(new byte[2], 1, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void its_text_for_logs_does_not_show_the_content() {
        assertThat(Payload.ofUtf8("secret")).hasToString("Payload[6 bytes]");
    }

    /** Bytes that are not the payload's own. */
    private static final class Kept implements Payload.Stored {
        private final byte[] all;
        private final InFlight memory;

        Kept(byte[] all, InFlight memory) {
            this.all = all;
            this.memory = memory;
        }

        @Override
        public int size() {
            return all.length;
        }

        @Override
        public void writeTo(OutputStream out, int from, int to) throws IOException {
            for (int at = from; at < to; at += 1_000) {
                out.write(all, at, Math.min(1_000, to - at));
            }
        }

        @Override
        public InFlight.Hold hold() {
            return memory.hold();
        }
    }

    @Test
    void what_is_stored_is_the_same_as_what_is_in_memory() throws IOException {
        var bytes = new byte[200_000];
        new Random(7).nextBytes(bytes);
        var memory = Payload.of(bytes);
        var stored = Payload.of(new Kept(bytes.clone(), new InFlight(0)));
        assertThat(written(stored)).isEqualTo(bytes);
        assertThat(stored.size()).isEqualTo(bytes.length);
        var part = stored.slice(70_000, 140_001);
        assertThat(written(part)).isEqualTo(Arrays.copyOfRange(bytes, 70_000, 140_001));
        assertThat(part.slice(1, 9)).isEqualTo(memory.slice(70_001, 70_009));
        assertThat(part).isEqualTo(memory.slice(70_000, 140_001));
        assertThat(stored.slice(5, 5).size()).isZero();
        assertThat(stored).isEqualTo(memory).hasSameHashCodeAs(memory);
        assertThat(stored.toByteArray()).isEqualTo(bytes);
        assertThat(stored.asByteBuffer()).isEqualTo(memory.asByteBuffer());
    }

    private static byte[] written(Payload payload) throws IOException {
        var out = new ByteArrayOutputStream();
        payload.writeTo(out);
        return out.toByteArray();
    }

    @Test
    void what_is_loaded_has_its_share_of_the_memory_or_is_refused() {
        var memory = new InFlight(14);
        var stored = Payload.of(new Kept("[1,2,3]".getBytes(UTF_8), memory)).slice(1, 6);
        try (var loaded = stored.load(0)) {
            assertThat(loaded.payload().utf8()).isEqualTo("1,2,3");
            assertThat(memory.held()).isEqualTo(5);
            try (var _ = stored.load(4)) {
                assertThat(memory.held()).isEqualTo(14);
                assertThatThrownBy(() -> stored.load(1))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused ->
                                        assertThat(refused.problem())
                                                .isInstanceOf(Overloaded.class));
            }
        }
        assertThat(memory.held()).isZero();
        var own = Payload.ofUtf8("own");
        try (var loaded = own.load(100)) {
            assertThat(loaded.payload()).isSameAs(own);
        }
    }
}
