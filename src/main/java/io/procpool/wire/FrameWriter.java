package io.procpool.wire;

import io.procpool.payload.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes frames to a channel, blocking or not, through one buffer of fixed size (see {@link FrameReader}). Small
 * frames leave in one write.
 *
 * <p>For one thread at a time.
 */
public final class FrameWriter {
    private static final int BUFFER = 64 * 1024;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();

    public FrameWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Puts a frame behind those that wait; {@link #flush} sends. */
    public void add(Frame frame) {
        var header = frame.header().text();
        var fixed = ByteBuffer.allocate(Integer.BYTES + Frame.FIXED);
        fixed.putInt(Math.toIntExact(Frame.FIXED + header.size() + frame.bodySize()));
        fixed.put((byte) frame.kind());
        fixed.putLong(frame.callId());
        fixed.putInt(header.size());
        waiting.add(fixed.flip());
        waiting.add(header.asByteBuffer());
        frame.body().stream().map(Payload::asByteBuffer).forEach(waiting::add);
    }

    /**
     * Sends what waits, as much as the channel takes.
     *
     * @return whether all is sent; always true on a blocking channel
     */
    public boolean flush() throws IOException {
        while (true) {
            fill();
            buffer.flip();
            if (!buffer.hasRemaining()) {
                buffer.clear();
                return true;
            }
            int count = channel.write(buffer);
            buffer.compact();
            if (count == 0) {
                return false;
            }
        }
    }

    private void fill() {
        while (buffer.hasRemaining() && !waiting.isEmpty()) {
            var next = waiting.peek();
            int count = Math.min(buffer.remaining(), next.remaining());
            buffer.put(buffer.position(), next, next.position(), count);
            buffer.position(buffer.position() + count);
            next.position(next.position() + count);
            if (!next.hasRemaining()) {
                waiting.poll();
            }
        }
    }
}
