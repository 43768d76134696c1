package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * {@code System.out} and {@code System.err} lead to the worker whose task prints: threads that a task has started inherit its way, others go
 * to the JVM's only worker, or to the raw standard error. What is printed has left before print returns.
 */
final class Streams {
    private final OutputStream raw = new Raw();

    @SuppressWarnings("ThreadLocalUsage") // one object of this class a JVM
    private final InheritableThreadLocal<OutputStream> own = new InheritableThreadLocal<>();

    private final InputStream noInput = InputStream.nullInputStream();
    private volatile OutputStream common = raw;
    private volatile Printing out = new Printing();
    private volatile Printing err = new Printing();

    /** The JVM's own standard error. */
    OutputStream rawOutput() {
        return raw;
    }

    /** @param all whether threads that no worker has started print there too */
    void lead(OutputStream to, boolean all) {
        own.set(to);
        if (all) {
            common = to;
        }
    }

    /** Puts ours in place, where a task has put others or has closed them. */
    void restore() {
        if (!out.stream.equals(System.out) || out.way.closed) {
            out = new Printing();
            System.setOut(out.stream);
        }
        if (!err.stream.equals(System.err) || err.way.closed) {
            err = new Printing();
            System.setErr(err.stream);
        }
        if (!noInput.equals(System.in)) {
            System.setIn(noInput);
        }
    }

    /** Descriptor 2. Who does not take what is written there for long misses what follows, until there is room again. */
    private static final class Raw extends OutputStream {
        private final OutputStream descriptor = new FileOutputStream(FileDescriptor.err);
        private volatile boolean deaf;

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                if (!deaf || Native.hasRoom(2)) {
                    descriptor.write(bytes, offset, length);
                    deaf = false;
                }
            } catch (IOException gone) {
                deaf = true;
            }
        }
    }

    private final class Printing {
        final Way way = new Way();
        final PrintStream stream = new PrintStream(way, true, UTF_8);
    }

    /** No buffer: the host must have what was printed before a crash. */
    private final class Way extends OutputStream {
        private volatile boolean closed;

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            var mine = own.get();
            (mine == null ? common : mine).write(bytes, offset, length);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
