package io.procpool.payload;

import io.procpool.problem.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are passed on as they are: a view of a part of an array, or of what is {@link Stored} elsewhere; equal by content. Immutable as long as whoever made it leaves the array
 * alone: making and slicing a payload copies nothing. A slice keeps the whole array in memory. What is stored takes none: {@link #writeTo} passes it on piece by piece, {@link #load} is for who
 * has to look into it, and all else reads it whole each time.
 */
public final class Payload {
    private static final Payload EMPTY = new Payload(new byte[0], 0, 0);

    /** Bytes that are kept elsewhere, and are read whenever they are wanted. They stay the same, but may be gone then. */
    public interface Stored {
        int size();

        /**
         * Writes those from {@code from} up to, not including, {@code to}.
         *
         * @throws IOException if {@code out} does. What can't be read is told by exceptions of whoever stores it
         */
        void writeTo(OutputStream out, int from, int to) throws IOException;

        /** The share of the memory in which they can be loaded. */
        InFlight.Hold hold();
    }

    /** Bytes that are in memory while this is open. */
    public static final class Loaded implements AutoCloseable {
        private final Payload payload;
        private final InFlight.@Nullable Hold hold;

        private Loaded(Payload payload, InFlight.@Nullable Hold hold) {
            this.payload = payload;
            this.hold = hold;
        }

        public Payload payload() {
            return payload;
        }

        @Override
        public void close() {
            if (hold != null) {
                hold.close();
            }
        }
    }

    private final @Nullable Stored stored;
    private final byte[] bytes;
    private final int from;
    private final int to;

    private Payload(byte[] bytes, int from, int to) {
        this(null, bytes, from, to);
    }

    private Payload(@Nullable Stored stored, byte[] bytes, int from, int to) {
        this.stored = stored;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /** What is kept elsewhere. */
    public static Payload of(Stored stored) {
        return of(stored, 0, stored.size());
    }

    private static Payload of(Stored stored, int from, int to) {
        return from == to ? EMPTY : new Payload(stored, EMPTY.bytes, from, to);
    }

    /** All of {@code bytes}, which now belong to the payload. */
    public static Payload of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /**
     * The bytes at {@code from} up to, not including, {@code to}; the array now belongs to the payload.
     *
     * @throws IndexOutOfBoundsException if that is no range of the array
     */
    public static Payload of(byte[] bytes, int from, int to) {
        Objects.checkFromToIndex(from, to, bytes.length);
        return from == to ? EMPTY : new Payload(bytes, from, to);
    }

    /** The UTF-8 bytes of {@code text}; a lone surrogate becomes {@code ?}. */
    public static Payload ofUtf8(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** In bytes. */
    public int size() {
        return to - from;
    }

    /** A read-only view, its position at the first byte, its limit after the last. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array(), offset(), size()).slice().asReadOnlyBuffer();
    }

    /** Writes all bytes: in one call, or piece by piece what is stored. */
    public void writeTo(OutputStream out) throws IOException {
        if (stored == null) {
            out.write(bytes, from, size());
        } else {
            stored.writeTo(out, from, to);
        }
    }

    /**
     * The same bytes in memory, for who has to look into them.
     *
     * @param besides how much more memory that takes, in bytes
     * @throws Refused {@code Overloaded}: they are stored, and there is no room for them at the moment
     */
    public Loaded load(long besides) {
        if (stored == null) {
            return new Loaded(this, null);
        }
        var hold = stored.hold();
        boolean loaded = false;
        try {
            hold.grow(size() + besides);
            var there = new Loaded(of(array()), hold);
            loaded = true;
            return there;
        } finally {
            if (!loaded) {
                hold.close();
            }
        }
    }

    /** A copy. */
    public byte[] toByteArray() {
        return stored == null ? Arrays.copyOfRange(bytes, from, to) : array();
    }

    /** The text of these bytes; what is not valid UTF-8 becomes U+FFFD. */
    public String utf8() {
        return new String(array(), offset(), size(), StandardCharsets.UTF_8);
    }

    /**
     * The part from {@code start} up to, not including, {@code end}, counted from this payload's first byte.
     *
     * @throws IndexOutOfBoundsException if that is no range of this payload
     */
    public Payload slice(int start, int end) {
        Objects.checkFromToIndex(start, end, size());
        return stored == null
                ? of(bytes, from + start, from + end)
                : of(stored, from + start, from + end);
    }

    /** An array with this view in it, for this room only: never written to. What is stored is read for it. */
    byte[] array() {
        if (stored == null) {
            return bytes;
        }
        var all = ByteBuffer.allocate(size());
        try {
            stored.writeTo(new Into(all), from, to);
        } catch (IOException never) {
            throw new UncheckedIOException(never);
        }
        return all.array();
    }

    private static final class Into extends OutputStream {
        private final ByteBuffer place;

        private Into(ByteBuffer place) {
            this.place = place;
        }

        @Override
        public void write(int b) {
            place.put((byte) b);
        }

        @Override
        public void write(byte[] piece, int offset, int length) {
            place.put(piece, offset, length);
        }
    }

    /** Where in {@link #array()} this payload begins. */
    int offset() {
        return stored == null ? from : 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that && asByteBuffer().equals(that.asByteBuffer());
    }

    @Override
    public int hashCode() {
        return asByteBuffer().hashCode();
    }

    /** The size only: a body may be large or private and must not end up in a log. */
    @Override
    public String toString() {
        return "Payload[" + size() + " bytes]";
    }
}
