package io.procpool.worker;

import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** One accepted connection after its hello. */
record Peer(SocketChannel channel, FrameReader reader, FrameWriter writer, Header hello)
        implements AutoCloseable {

    static Peer accept(ServerSocketChannel server) throws IOException {
        var channel = server.accept();
        var reader = new FrameReader(channel, FrameLimits.ofBody(64 << 20));
        try {
            var hello = reader.read();
            if (hello == null) {
                throw new AssertionError("the connection ended before its hello");
            }
            return new Peer(channel, reader, new FrameWriter(channel), hello.header());
        } catch (ProtocolViolation violation) {
            throw new AssertionError(violation);
        }
    }

    void send(Frame frame) {
        try {
            writer.add(frame);
            var _ = writer.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The next frame; fails at the end of the connection. */
    Frame read() {
        try {
            var frame = reader.read();
            if (frame == null) {
                throw new AssertionError("the connection has ended");
            }
            return frame;
        } catch (IOException | ProtocolViolation failure) {
            throw new AssertionError(failure);
        }
    }

    /** Waits for the end of the connection; what comes before is passed over. */
    void awaitEnd() {
        try {
            var frame = reader.read();
            while (frame != null) {
                frame = reader.read();
            }
        } catch (IOException | ProtocolViolation reset) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
