package io.procpool.payload;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are passed on as they are: a view of a part of an array, equal by content. Immutable as long as whoever made
 * it leaves the array alone: making and slicing a payload copies nothing. A slice keeps the whole array in memory.
 */
public final class Payload {
    private static final Payload EMPTY = new Payload(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int to;

    private Payload(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
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
        return ByteBuffer.wrap(bytes, from, size()).slice().asReadOnlyBuffer();
    }

    /** Writes all bytes in one call. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, from, size());
    }

    /** A copy. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** The text of these bytes; what is not valid UTF-8 becomes U+FFFD. */
    public String utf8() {
        return new String(bytes, from, size(), StandardCharsets.UTF_8);
    }

    /**
     * The part from {@code start} up to, not including, {@code end}, counted from this payload's first byte.
     *
     * @throws IndexOutOfBoundsException if that is no range of this payload
     */
    public Payload slice(int start, int end) {
        Objects.checkFromToIndex(start, end, size());
        return of(bytes, from + start, from + end);
    }

    /** The array behind this view, for this room only: never written to. */
    byte[] array() {
        return bytes;
    }

    /** Where in {@link #array()} this payload begins. */
    int offset() {
        return from;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that
                && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int at = from; at < to; at++) {
            hash = 31 * hash + bytes[at];
        }
        return hash;
    }

    /** The size only: a body may be large or private and must not end up in a log. */
    @Override
    public String toString() {
        return "Payload[" + size() + " bytes]";
    }
}
