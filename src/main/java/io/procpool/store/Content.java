package io.procpool.store;

import io.procpool.payload.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes that go into a row, or into a file that the row names. */
final class Content {
    private final Values values;
    private final List<Payload> parts;
    private final int size;
    private final byte @Nullable [] inline;
    private final @Nullable String file;
    private volatile boolean written;

    private Content(Values values, List<Payload> parts) {
        this.values = values;
        this.parts = parts;
        this.size = Math.toIntExact(parts.stream().mapToLong(Payload::size).sum());
        boolean fits = size <= Values.LONGEST_INLINE;
        this.inline = fits ? joined() : null;
        this.file = fits ? null : Values.newName();
        this.written = fits;
    }

    /** For what is new: a file is written now. */
    static Content written(Values values, Payload... parts) throws IOException {
        var content = new Content(values, List.of(parts));
        content.ensure();
        return content;
    }

    /** For what was accepted: if there is no room for the file now, {@link #ensure} tries again. */
    static Content wanted(Values values, Payload... parts) throws IOException {
        var content = new Content(values, List.of(parts));
        try {
            content.ensure();
        } catch (IOException failure) {
            if (Sqlite.trouble(failure) != Sqlite.Trouble.FULL) {
                throw failure;
            }
        }
        return content;
    }

    private byte[] joined() {
        if (parts.size() == 1) {
            return parts.getFirst().toByteArray();
        }
        var bytes = ByteBuffer.allocate(size);
        parts.forEach(part -> bytes.put(part.asByteBuffer()));
        return bytes.array();
    }

    /** If it is a file, it is there and lasts when this returns. */
    void ensure() throws IOException {
        if (!written && file != null) {
            values.write(file, parts);
            written = true;
        }
    }

    int size() {
        return size;
    }

    @Nullable String file() {
        return file;
    }

    byte @Nullable [] inline() {
        return inline;
    }

    /** No row names it. */
    void discard() {
        if (file != null && written) {
            values.discard(List.of(file));
        }
    }
}
