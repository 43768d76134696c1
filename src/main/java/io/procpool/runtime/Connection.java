package io.procpool.runtime;

import io.procpool.wire.Frame;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;

/** A connection that has said hello. Its reader may hold bytes that came right behind the hello. */
record Connection(SocketChannel channel, FrameReader reader, FrameWriter writer)
        implements AutoCloseable {

    /** Sends one frame on a blocking connection. The caller sees to it that only one thread at a time does. */
    void send(Frame frame) throws IOException {
        writer.add(frame);
        writer.flush();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
