package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** The power cut is one: without that the tests that use it would say nothing. */
class CutDiskTest {
    @Test
    void what_was_synced_is_there_after_a_cut_and_what_was_not_is_gone() throws Exception {
        CutDisk.impossible().ifPresent(why -> abort(why));
        try (var disk = CutDisk.make()) {
            var file = disk.path().resolve("file");
            try (var channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap("synced".getBytes(UTF_8)));
                channel.force(true);
                try (var folder = FileChannel.open(disk.path())) {
                    folder.force(true);
                }
                channel.write(ByteBuffer.wrap(" and not".getBytes(UTF_8)));
                Files.writeString(disk.path().resolve("other"), "not synced");

                disk.cut();

                assertThatThrownBy(() -> Files.createFile(disk.path().resolve("late")))
                        .isInstanceOf(IOException.class);
            }
            disk.restore();
            assertThat(file).hasContent("synced");
            assertThat(disk.path().resolve("other")).doesNotExist();
        }
    }
}
