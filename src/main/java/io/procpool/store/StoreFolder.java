package io.procpool.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * {@code <home>/store}, while it is this service's: a lock that the kernel gives back however the service ends, and a marker that stays behind if it did not end by itself.
 */
final class StoreFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;
    private final boolean cleanBefore;

    /** @throws Unusable if another service has it */
    StoreFolder(Path home) throws IOException {
        path = privateFolder(privateFolder(home).resolve("store"));
        lock =
                FileChannel.open(
                        path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock() == null) {
                throw new Unusable(
                        "another Procpool service is running on " + home,
                        "End it first, or give this one a home of its own: procpool.home (PROCPOOL_HOME).");
            }
            cleanBefore = Files.notExists(marker());
            Files.write(marker(), new byte[0]);
            sync(path);
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    private @Nullable FileLock tryLock() throws IOException {
        try {
            return lock.tryLock();
        } catch (OverlappingFileLockException _) {
            return null; // another one in this JVM
        }
    }

    private Path marker() {
        return path.resolve("running");
    }

    Path path() {
        return path;
    }

    /** Whether the service before this one, if there was one, ended by itself. */
    boolean cleanBefore() {
        return cleanBefore;
    }

    /** Made with its parents if it is not there; for nobody else to read. */
    static Path privateFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return folder;
    }

    /** Makes the entries of a folder last: the names of files are not part of the files. */
    static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** All has been written. */
    void leaveClean() throws IOException {
        Files.deleteIfExists(marker());
        sync(path);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
