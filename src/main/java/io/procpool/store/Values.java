package io.procpool.store;

import io.procpool.payload.Payload;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code <home>/values}: what is too long for a row, one file each. A file lasts before the row that names it is committed, and is deleted after that row is gone; what no row names
 * when the service starts is swept out.
 */
final class Values {
    /** Longer ones are files. */
    static final int LONGEST_INLINE = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Values.class);

    private final Path folder;
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentLinkedQueue<String> unneeded = new ConcurrentLinkedQueue<>();

    Values(Path home) throws IOException {
        folder = StoreFolder.privateFolder(home.resolve("values"));
        StoreFolder.sync(home);
    }

    /** Deletes all but these. */
    void sweep(Set<String> needed) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                if (needed.contains(String.valueOf(file.getFileName()))) {
                    bytes.addAndGet(Files.size(file));
                } else {
                    Files.delete(file);
                }
            }
        }
    }

    /** That of no value there is or was: no request has a say in it. */
    static String newName() {
        return UUID.randomUUID().toString();
    }

    /** Lasts when this returns. */
    void write(String name, List<Payload> parts) throws IOException {
        var file = folder.resolve(name);
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (var part : parts) {
                var buffer = part.asByteBuffer();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            channel.force(true);
            StoreFolder.sync(folder);
            bytes.addAndGet(channel.size());
        } catch (IOException failure) {
            Files.deleteIfExists(file);
            throw failure;
        }
    }

    Payload read(String name) throws IOException {
        return Payload.of(Files.readAllBytes(folder.resolve(name)));
    }

    /** One that is read piece by piece. It stays what it is if the file is deleted meanwhile. */
    FileChannel open(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.READ);
    }

    /** Bytes of one; none if it is not there: who reads it sees that. */
    long size(String name) {
        return Database.size(folder.resolve(name));
    }

    /** They are deleted some time later. */
    void discard(Collection<String> names) {
        unneeded.addAll(names);
    }

    void deleteDiscarded() {
        for (var name = unneeded.poll(); name != null; name = unneeded.poll()) {
            var file = folder.resolve(name);
            try {
                long size = Files.exists(file) ? Files.size(file) : 0;
                if (Files.deleteIfExists(file)) {
                    bytes.addAndGet(-size);
                }
            } catch (IOException failure) {
                LOG.warn("A value could not be deleted; it is tried again.", failure);
                unneeded.add(name);
                return;
            }
        }
    }

    /** Of all files. */
    long bytes() {
        return bytes.get();
    }
}
