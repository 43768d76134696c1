package io.procpool.web;

import java.io.IOException;
import java.time.Duration;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The connection of the request that the current thread serves, for what a stream needs and the servlet API does not have: other time limits than
 * other requests, an answer that ends before its request does, and an end for a read that nobody answers.
 *
 * <p>Threads: {@link #endInput} may be called from any thread as long as the request is being served, all else from the one that writes or, before and after that,
 * from the request's own.
 */
final class Connection {
    /** Bound while a request is served, on the request's thread. */
    static final ScopedValue<Connection> CURRENT = ScopedValue.newInstance();

    private static final int FOR_EVER = -1;

    /** What is Tomcat's own part of it. */
    interface Server {
        /** Writes what ends the answer. */
        void finish() throws IOException;

        /** Nothing more is read or written. */
        void closeAfter();

        /** An answer that has begun stays without its end. */
        void breakOff();
    }

    private final SocketWrapperBase<?> socket;
    private final Server server;

    Connection(SocketWrapperBase<?> socket, Server server) {
        this.socket = socket;
        this.server = server;
    }

    static Connection current() {
        return CURRENT.get();
    }

    /** Limits that hold until they are closed. */
    interface Limits extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * From now on reads wait for as long as it takes: {@link #endInput} ends one.
     *
     * @param write a write of which nothing gets through for so long fails with a SocketTimeoutException
     */
    Limits streams(Duration write) {
        long readBefore = socket.getReadTimeout();
        long writeBefore = socket.getWriteTimeout();
        socket.setReadTimeout(FOR_EVER);
        socket.setWriteTimeout(write.toMillis());
        return () -> {
            socket.setReadTimeout(readBefore);
            socket.setWriteTimeout(writeBefore);
        };
    }

    /** Ends the answer, though the request may still be sent: the client can know that all of it has come. What was written must be flushed. */
    void finish() throws IOException {
        server.finish();
    }

    /** It closes when this request is done, and nothing more is written before: the request was not read to its end, or all is over. By the request's thread, as the last. */
    void closeAfter() {
        server.closeAfter();
    }

    /** The rest of an answer that is on its way can't be told: the connection closes when this request is done, so that nobody takes it for whole. By the request's thread, as the last. */
    void breakOff() {
        server.breakOff();
    }

    /**
     * From now on nothing comes in, also for a read that is waiting. The channel is left open, and Tomcat's own objects are not touched: these belong to other
     * threads, and are used again.
     */
    void endInput() {
        try {
            if (socket.getSocket() instanceof NioChannel channel) {
                channel.getIOChannel().shutdownInput();
            }
        } catch (IOException closed) {
            // then nothing comes in either
        }
    }
}
