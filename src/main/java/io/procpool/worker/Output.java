package io.procpool.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The output connection of a worker. A write returns when the bytes are on the wire; if nobody reads for long, or the connection is gone,
 * they and all that follow go to another stream.
 *
 * <p>Threads: any may print. One of its own writes to the channel, as a write of an interrupted thread would close it: a task that is
 * cancelled while it prints would lose its last words. {@code lock} guards all fields; it is not held while the channel takes bytes.
 */
final class Output extends OutputStream {
    private static final int BUFFER = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final WritableByteChannel channel;
    private final OutputStream otherwise;
    private final long patienceNanos;
    private ByteBuffer filling = ByteBuffer.allocate(BUFFER);
    private ByteBuffer leaving = ByteBuffer.allocate(BUFFER);
    private long taken;
    private long sent;
    private boolean deaf;

    /**
     * @param patience how long the other side may read nothing
     * @param otherwise where output goes when it can't leave by the channel
     * @param threads who makes the one thread of this
     * @throws IllegalStateException if there can be no more threads; the channel is closed then
     */
    Output(
            WritableByteChannel channel,
            Duration patience,
            OutputStream otherwise,
            ThreadFactory threads)
            throws IOException {
        this.channel = channel;
        this.patienceNanos = patience.toNanos();
        this.otherwise = otherwise;
        try {
            threads.newThread(this::send).start();
        } catch (OutOfMemoryError noThread) { // of the system's, not of the heap: others go on
            channel.close();
            throw new IllegalStateException("no thread for the output", noThread);
        }
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int written = 0;
        boolean interrupted = false;
        lock.lock();
        try {
            while (!deaf && written < length) {
                interrupted |= awaitNot(() -> !filling.hasRemaining());
                int count = Math.min(filling.remaining(), length - written);
                filling.put(bytes, offset + written, count);
                written += count;
                taken += count;
                changed.signalAll();
            }
            long all = taken;
            interrupted |= awaitNot(() -> sent < all);
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (written < length) {
            otherwise.write(bytes, offset + written, length - written);
        }
    }

    private interface Hindrance {
        boolean isThere();
    }

    /** Until it is gone, or the other side has not read anything for too long. Returns whether this thread was interrupted. */
    private boolean awaitNot(Hindrance hindrance) {
        boolean interrupted = false;
        long seen = sent;
        long since = System.nanoTime();
        while (!deaf && hindrance.isThere()) {
            if (sent != seen) {
                seen = sent;
                since = System.nanoTime();
            }
            long left = patienceNanos - (System.nanoTime() - since);
            if (left <= 0) {
                deaf = true;
                changed.signalAll();
            } else {
                try {
                    var _ = changed.awaitNanos(left);
                } catch (InterruptedException kept) {
                    interrupted = true;
                }
            }
        }
        return interrupted;
    }

    private void send() {
        try {
            while (true) {
                var next = take();
                if (next == null) {
                    return;
                }
                int count = next.remaining();
                while (next.hasRemaining()) {
                    channel.write(next);
                }
                lock.lock();
                try {
                    sent += count;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException gone) {
            lock.lock();
            try {
                deaf = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** What has been written meanwhile; null if there will be no more. */
    private @Nullable ByteBuffer take() {
        lock.lock();
        try {
            while (filling.position() == 0) {
                if (deaf) {
                    return null;
                }
                changed.awaitUninterruptibly();
            }
            var next = filling.flip();
            filling = leaving.clear();
            leaving = next;
            changed.signalAll();
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        lock.lock();
        try {
            deaf = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
