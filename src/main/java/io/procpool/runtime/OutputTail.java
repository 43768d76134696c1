package io.procpool.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The last bytes of what was written, however much that was. For one thread at a time. */
public final class OutputTail {
    private final int limit;
    private byte[] ring = new byte[0];
    private long written;

    /** @param limit how many bytes are kept */
    public OutputTail(int limit) {
        this.limit = limit;
    }

    void add(ByteBuffer bytes) {
        if (bytes.remaining() > limit) {
            written += bytes.remaining() - limit;
            bytes.position(bytes.limit() - limit);
        }
        grow(bytes.remaining());
        while (bytes.hasRemaining()) {
            int at = (int) (written % ring.length);
            int count = Math.min(bytes.remaining(), ring.length - at);
            bytes.get(ring, at, count);
            written += count;
        }
    }

    /** The ring is the limit's size once it wraps; before that it grows with what is written, which is usually nothing. */
    private void grow(int more) {
        if (ring.length < limit && written + more > ring.length) {
            ring =
                    Arrays.copyOf(
                            ring,
                            (int) Math.min(limit, Math.max(written + more, 2L * ring.length)));
        }
    }

    public boolean truncated() {
        return written > limit;
    }

    /** The kept bytes as text. What is no UTF-8, and a character that was cut in two, reads as U+FFFD. */
    public String text() {
        if (written == 0) {
            return "";
        }
        if (written <= ring.length) {
            return new String(ring, 0, (int) written, StandardCharsets.UTF_8);
        }
        var bytes = new byte[ring.length];
        int at = (int) (written % ring.length);
        System.arraycopy(ring, at, bytes, 0, ring.length - at);
        System.arraycopy(ring, 0, bytes, ring.length - at, at);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void clear() {
        written = 0;
        ring = ring.length > 4096 ? new byte[0] : ring;
    }
}
