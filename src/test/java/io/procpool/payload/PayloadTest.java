package io.procpool.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void what_is_in_a_file_is_the_same_as_what_is_in_memory(@TempDir Path folder)
            throws IOException {
        var bytes = new byte[200_000];
        new Random(7).nextBytes(bytes);
        var path = Files.write(folder.resolve("value"), bytes);
        Payload file;
        try (var channel = FileChannel.open(path)) {
            file = Payload.of(channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes.length));
        }
        Files.delete(path);
        var memory = Payload.of(bytes);
        var out = new ByteArrayOutputStream();
        file.writeTo(out);
        assertThat(out.toByteArray()).isEqualTo(bytes);
        assertThat(file.size()).isEqualTo(bytes.length);
        assertThat(file.asByteBuffer()).isEqualTo(memory.asByteBuffer());
        var part = file.slice(70_000, 140_001);
        var ofPart = new ByteArrayOutputStream();
        part.writeTo(ofPart);
        assertThat(ofPart.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, 70_000, 140_001));
        assertThat(part.slice(1, 9)).isEqualTo(memory.slice(70_001, 70_009));
        assertThat(part).isEqualTo(memory.slice(70_000, 140_001));
        assertThat(part.slice(1, 9))
                .as("once it is in memory")
                .isEqualTo(memory.slice(70_001, 70_009));
        assertThat(file.slice(5, 5).size()).isZero();
        assertThat(file).isEqualTo(memory).hasSameHashCodeAs(memory);
        assertThat(file.toByteArray()).isEqualTo(bytes);
    }
}
