package io.procpool.wire;

import io.procpool.payload.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames from a channel, blocking or not. Bytes pass through one buffer of fixed size: handing a large array to the
 * channel would make the JDK keep a direct copy of that size for each thread that ever did so. The buffer is on the heap, since
 * direct memory is given back late and a pool may start a thousand workers a second.
 *
 * <p>For one thread at a time.
 */
public final class FrameReader {
    private static final int BUFFER = 64 * 1024;

    private final ReadableByteChannel channel;
    private FrameLimits limits;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private @Nullable Partial partial;
    private boolean ended;

    /** A frame whose fixed part has arrived: what follows fills {@code rest} (header, then body). */
    private static final class Partial {
        final int kind;
        final long callId;
        final int headerLength;
        final byte[] rest;
        int filled;

        Partial(int kind, long callId, int headerLength, int restLength) {
            this.kind = kind;
            this.callId = callId;
            this.headerLength = headerLength;
            this.rest = new byte[restLength];
        }
    }

    public FrameReader(ReadableByteChannel channel, FrameLimits limits) {
        this.channel = channel;
        this.limits = limits;
    }

    /** Other limits from the next frame on: a guest's first word is held short, until it is known. */
    public void limit(FrameLimits wider) {
        limits = wider;
    }

    /** What was read and belongs to no frame yet: after a hello on an output channel, the first output. */
    public ByteBuffer leftover() {
        return buffer;
    }

    /** Whether bytes of a further frame have arrived already. */
    public boolean hasMore() {
        return buffer.hasRemaining();
    }

    /** Whether the other side has closed the connection and every whole frame has been read. */
    public boolean ended() {
        return ended;
    }

    /**
     * @return the next frame; null if a non-blocking channel has no whole frame yet, or at the {@link #ended() end}
     * @throws ProtocolViolation if the bytes are no frame; the reader can't be used afterwards
     */
    public @Nullable Frame read() throws IOException, ProtocolViolation {
        while (true) {
            var frame = next();
            if (frame != null) {
                return frame;
            }
            buffer.compact();
            int count = channel.read(buffer);
            buffer.flip();
            if (count < 0) {
                ended = true; // a frame that was cut off is no frame
                return null;
            }
            if (count == 0) {
                return null;
            }
        }
    }

    private @Nullable Frame next() throws ProtocolViolation {
        if (partial == null) {
            if (buffer.remaining() >= Integer.BYTES) {
                checkLength(Integer.toUnsignedLong(buffer.getInt(buffer.position())));
            }
            if (buffer.remaining() < Integer.BYTES + Frame.FIXED) {
                return null;
            }
            partial = begin();
        }
        var current = partial;
        int count = Math.min(buffer.remaining(), current.rest.length - current.filled);
        buffer.get(current.rest, current.filled, count);
        current.filled += count;
        if (current.filled < current.rest.length) {
            return null;
        }
        partial = null;
        var header = Header.ofText(Payload.of(current.rest, 0, current.headerLength)).checked();
        var body = Payload.of(current.rest, current.headerLength, current.rest.length);
        return new Frame(
                current.kind, current.callId, header, body.size() == 0 ? List.of() : List.of(body));
    }

    /** At once: who sends a length that can't be is not waited for. */
    private void checkLength(long length) throws ProtocolViolation {
        if (length < Frame.FIXED) {
            throw new ProtocolViolation(
                    "a frame of " + length + " bytes is shorter than its fixed part");
        }
        if (length > (long) Frame.FIXED + limits.maxHeader() + limits.maxBody()) {
            throw new ProtocolViolation("a frame of " + length + " bytes is over all limits");
        }
    }

    private Partial begin() throws ProtocolViolation {
        long length = Integer.toUnsignedLong(buffer.getInt());
        int kind = Byte.toUnsignedInt(buffer.get());
        long callId = buffer.getLong();
        long headerLength = Integer.toUnsignedLong(buffer.getInt());
        long rest = length - Frame.FIXED;
        if (headerLength > rest) {
            throw new ProtocolViolation(
                    "a header of " + headerLength + " bytes is longer than its frame");
        }
        if (headerLength > limits.maxHeader()) {
            throw new ProtocolViolation(
                    "a header of " + headerLength + " bytes is over " + limits.maxHeader());
        }
        if (rest - headerLength > limits.maxBody()) {
            throw new ProtocolViolation(
                    "a body of " + (rest - headerLength) + " bytes is over " + limits.maxBody());
        }
        return new Partial(kind, callId, (int) headerLength, (int) rest);
    }
}
