package io.procpool.payload;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are passed on as they are: a view of a part of an array or of a file, equal by content. Immutable as long as whoever made it leaves the array or the file alone: making and
 * slicing a payload copies nothing. A slice keeps the whole array in memory. What is in a file takes none until its bytes are looked into, which {@link #writeTo} and {@link #asByteBuffer} don't need.
 */
public final class Payload {
    private static final Payload EMPTY = new Payload(new byte[0], 0, 0);
    private static final int PIECE = 64 << 10;

    private final @Nullable ByteBuffer file;
    private final int from;
    private final int to;

    /** Null: still in the file only. */
    private volatile byte @Nullable [] bytes;

    private Payload(byte[] bytes, int from, int to) {
        this.file = null;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    private Payload(ByteBuffer file) {
        this.file = file;
        this.from = 0;
        this.to = file.remaining();
    }

    /** The bytes of a file that is mapped into memory, from its position to its limit. */
    public static Payload of(MappedByteBuffer file) {
        return file.hasRemaining() ? new Payload(file.slice()) : EMPTY;
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
        return file != null
                ? file.asReadOnlyBuffer()
                : ByteBuffer.wrap(array(), from, size()).slice().asReadOnlyBuffer();
    }

    /** Writes all bytes: in one call, or piece by piece from the file. */
    public void writeTo(OutputStream out) throws IOException {
        if (file == null) {
            out.write(array(), from, size());
            return;
        }
        var rest = file.duplicate();
        var piece = new byte[Math.min(PIECE, size())];
        while (rest.hasRemaining()) {
            int length = Math.min(piece.length, rest.remaining());
            rest.get(piece, 0, length);
            out.write(piece, 0, length);
        }
    }

    /** A copy. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array(), from, to);
    }

    /** The text of these bytes; what is not valid UTF-8 becomes U+FFFD. */
    public String utf8() {
        return new String(array(), from, size(), StandardCharsets.UTF_8);
    }

    /**
     * The part from {@code start} up to, not including, {@code end}, counted from this payload's first byte.
     *
     * @throws IndexOutOfBoundsException if that is no range of this payload
     */
    public Payload slice(int start, int end) {
        Objects.checkFromToIndex(start, end, size());
        var loaded = bytes;
        if (loaded == null && file != null) {
            return start == end ? EMPTY : new Payload(file.slice(start, end - start));
        }
        return of(array(), from + start, from + end);
    }

    /** The array behind this view, for this room only: never written to. That of a file is read when it is asked for. */
    byte[] array() {
        var loaded = bytes;
        if (loaded == null) {
            loaded = new byte[size()];
            Objects.requireNonNull(file).duplicate().get(loaded);
            bytes = loaded;
        }
        return loaded;
    }

    /** Where in {@link #array()} this payload begins. */
    int offset() {
        return from;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that
                && Arrays.equals(array(), from, to, that.array(), that.from, that.to);
    }

    @Override
    public int hashCode() {
        byte[] text = array();
        int hash = 1;
        for (int at = from; at < to; at++) {
            hash = 31 * hash + text[at];
        }
        return hash;
    }

    /** The size only: a body may be large or private and must not end up in a log. */
    @Override
    public String toString() {
        return "Payload[" + size() + " bytes]";
    }
}
