package io.procpool.worker;

import io.procpool.payload.Payload;
import java.io.OutputStream;
import java.util.Arrays;

/** The text of a result while it grows, up to a limit. */
final class BoundedText extends OutputStream {
    private final int limit;
    private byte[] bytes = new byte[256];
    private int size;
    private boolean full;

    /** The limit is reached. */
    static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Full() {
            super("the limit is reached", null, false, false);
        }
    }

    BoundedText(int limit) {
        this.limit = limit;
    }

    @Override
    public void write(int one) {
        require(1);
        bytes[size++] = (byte) one;
    }

    @Override
    public void write(byte[] more) {
        write(more, 0, more.length);
    }

    @Override
    public void write(byte[] more, int offset, int length) {
        require(length);
        System.arraycopy(more, offset, bytes, size, length);
        size += length;
    }

    private void require(int more) {
        if (more > limit - size) {
            full = true;
            throw new Full();
        }
        if (size + more > bytes.length) {
            int doubled = (int) Math.min(2L * bytes.length, limit);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, size + more));
        }
    }

    boolean isFull() {
        return full;
    }

    int size() {
        return size;
    }

    /** Drops what is behind. */
    void cut(int mark) {
        size = mark;
    }

    /** What is there; to be taken once, at the end. */
    Payload payload() {
        return Payload.of(bytes, 0, size);
    }
}
