package io.procpool.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Random;

/**
 * A non-blocking channel as a network at its worst: each call moves a random number of bytes, often one, often none. What was
 * written comes out again; the end comes once it is closed.
 */
final class Stutter implements ReadableByteChannel, WritableByteChannel {
    private final Random random;
    private final int most;
    private byte[] content = {};
    private int read;
    private boolean open = true;

    Stutter(Random random, int most) {
        this.random = random;
        this.most = most;
    }

    static Stutter of(Random random, int most, byte[] content) {
        var stutter = new Stutter(random, most);
        stutter.content = content.clone();
        return stutter;
    }

    private int some(int available) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> Math.min(1, available);
            default -> Math.min(random.nextInt(most) + 1, available);
        };
    }

    @Override
    public int read(ByteBuffer into) {
        if (read == content.length) {
            return open ? 0 : -1;
        }
        int count = some(Math.min(into.remaining(), content.length - read));
        into.put(content, read, count);
        read += count;
        return count;
    }

    @Override
    public int write(ByteBuffer from) {
        int count = some(from.remaining());
        var chunk = new byte[count];
        from.get(chunk);
        var joined = new ByteArrayOutputStream(content.length + count);
        joined.writeBytes(content);
        joined.writeBytes(chunk);
        content = joined.toByteArray();
        return count;
    }

    byte[] content() {
        return content;
    }

    /** Whether everything has been read. */
    boolean drained() {
        return read == content.length;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }
}
