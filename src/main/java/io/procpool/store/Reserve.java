package io.procpool.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Room on the disk that nobody uses: given up when there is no other, so that what was accepted can come to its end and what is old can be deleted. That it can be written anew is the sign
 * that there is room again.
 */
final class Reserve {
    private static final int SIZE = 4 << 20;

    private final Path file;

    Reserve(Path folder) {
        this.file = folder.resolve("reserve");
    }

    void release() throws IOException {
        Files.deleteIfExists(file);
    }

    /** Returns false if there is no room for it. */
    boolean restore() throws IOException {
        if (Files.exists(file) && Files.size(file) == SIZE) {
            return true;
        }
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            var bytes = new byte[SIZE];
            new Random().nextBytes(bytes); // zeros take no room on some file systems
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
            return true;
        } catch (IOException failure) {
            if (Sqlite.trouble(failure) != Sqlite.Trouble.FULL) {
                throw failure;
            }
            release();
            return false;
        }
    }
}
