package io.procpool.store;

import io.procpool.payload.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Values that are too long for a row, each in a file of its own. A file lasts before the row that names it, and goes after it. Any thread may use it. */
final class Values {
    private static final Logger LOG = LoggerFactory.getLogger(Values.class);
    private static final int LONGEST_IN_A_ROW = 1 << 20;

    private final Path folder;

    Values(Path folder) {
        this.folder = folder;
    }

    /**
     * A value as a row has it: one of both.
     *
     * @param file the name of its file
     */
    record Kept(@Nullable Payload row, @Nullable String file) {}

    /** Where it is to be: a file that it needs lasts when this returns. */
    Kept keep(Payload value) {
        if (value.size() <= LONGEST_IN_A_ROW) {
            return new Kept(value, null);
        }
        var name = UUID.randomUUID().toString();
        try {
            write(folder.resolve(name), value);
            StoreFolder.sync(folder);
        } catch (IOException failure) {
            drop(List.of(name));
            throw new UncheckedIOException(failure);
        }
        return new Kept(null, name);
    }

    private static void write(Path file, Payload value) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = value.asByteBuffer();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    Payload read(byte @Nullable [] row, @Nullable String file) {
        if (row != null) {
            return Payload.of(row);
        }
        try {
            return Payload.of(Files.readAllBytes(folder.resolve(String.valueOf(file))));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** No row names them any more. */
    void drop(List<String> names) {
        for (var name : names) {
            try {
                Files.deleteIfExists(folder.resolve(name));
            } catch (IOException failure) {
                LOG.warn("The file {} is left over; it goes with the next start", name, failure);
            }
        }
    }

    /** Files that no row names: their writer was ended before it could write that. */
    void sweep(Set<String> named) throws IOException {
        try (var files = Files.list(folder)) {
            drop(
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> !named.contains(name))
                            .toList());
        }
    }

    /** Bytes of all files. */
    long size() {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
