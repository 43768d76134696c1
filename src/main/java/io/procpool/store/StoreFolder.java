package io.procpool.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The folder of the store, which one service has at a time. */
final class StoreFolder implements AutoCloseable {
    private final Path folder;
    private final FileChannel lock;
    private final boolean unclean;

    private StoreFolder(Path folder, FileChannel lock, boolean unclean) {
        this.folder = folder;
        this.lock = lock;
        this.unclean = unclean;
    }

    /** @throws StoreRefused if another service has it */
    static StoreFolder take(Path home) {
        try {
            var folder = closedToOthers(home.resolve("store"));
            var lock = lock(folder.resolve("lock"));
            if (lock == null) {
                throw new StoreRefused(
                        "Another Procpool service uses the home " + home.toAbsolutePath(),
                        "Stop it, or give this one a home of its own: procpool.home (PROCPOOL_HOME).");
            }
            var running = folder.resolve("running");
            boolean unclean = Files.exists(running, LinkOption.NOFOLLOW_LINKS);
            if (!unclean) {
                Files.createFile(running);
                sync(folder);
            }
            return new StoreFolder(folder, lock, unclean);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Null: somebody has it. The lock goes with the process, whatever ends it. */
    private static @Nullable FileChannel lock(Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (java.nio.channels.OverlappingFileLockException inThisProcess) {
            // falls through: somebody has it all the same
        }
        channel.close();
        return null;
    }

    private static Path closedToOthers(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return folder;
    }

    /** What was made, moved or deleted in a folder lasts when this returns. */
    static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    Path database() {
        return folder.resolve("procpool.db");
    }

    Path values() throws IOException {
        return closedToOthers(folder.resolveSibling("values"));
    }

    /** Whether the service before did not stop by itself. */
    boolean unclean() {
        return unclean;
    }

    /** All is written, and closed. */
    void clean() throws IOException {
        Files.deleteIfExists(folder.resolve("running"));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
