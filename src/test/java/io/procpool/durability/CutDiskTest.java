package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The power cut is one: without that the tests that use it would say nothing. */
class CutDiskTest {
    /** Also for root: then the tests that need one are skipped. */
    @Test
    void where_nobody_can_make_one_there_is_a_reason_and_nothing_is_left() throws Exception {
        var before = folders();
        assertThat(CutDisk.impossible("mkfs.of-no-kind")).isPresent();
        assertThat(folders()).isEqualTo(before);
    }

    private static Set<Path> folders() throws IOException {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith("procpool-disk"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void what_was_synced_is_there_after_a_cut_and_what_was_not_is_gone() throws Exception {
        CutDisk.require();
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
