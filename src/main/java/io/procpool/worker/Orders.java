package io.procpool.worker;

import io.procpool.wire.Frame;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The call connection of a worker: calls come in, answers go out, and a running call may be cancelled.
 *
 * <p>Threads: the serving thread takes orders itself while it is idle, so that a call costs no hand-off; while it runs a call, the
 * {@link Watch} looks for a cancel now and then, and sends what the call says of how far it is. {@code turn} guards the reader, {@code waiting} and the running
 * call; {@code writing} keeps frames whole, and comes after {@code turn}. The channel does not block, since who waits in a selector may be interrupted without harm to the channel.
 */
final class Orders implements AutoCloseable {
    /** How often a call's progress leaves at most. */
    private static final long TELL_EVERY_NANOS = Duration.ofMillis(50).toNanos();

    private final SocketChannel channel;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final Runnable onEndWhileBusy;
    private final Watch watch;
    private final Selector readable = Selector.open();
    private final Selector writable = Selector.open();
    private final ReentrantLock turn = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private @Nullable Thread runner;
    private volatile long running;
    private final AtomicLong begun = new AtomicLong();
    private final Telling telling = new Telling();
    private long toldNanos = System.nanoTime();
    private long seen; // by the watch at its last look
    private boolean ended;

    /** @param onEndWhileBusy called once if the connection ends while a call runs */
    Orders(Link link, Watch watch, Runnable onEndWhileBusy) throws IOException {
        this.channel = link.channel();
        this.reader = link.reader();
        this.writer = link.writer();
        this.watch = watch;
        this.onEndWhileBusy = onEndWhileBusy;
        channel.configureBlocking(false);
        channel.register(readable, SelectionKey.OP_READ);
        channel.register(writable, SelectionKey.OP_WRITE);
        watch.add(this);
    }

    /** Waits for the next call or bye; null at the end of the connection. For the serving thread. */
    @Nullable Frame next() throws IOException, ProtocolViolation {
        boolean look = reader.hasMore();
        while (true) {
            if (!look && waiting.isEmpty() && !ended) {
                var _ = Thread.interrupted(); // a late one, by a thread that a task has left behind
                readable.select(key -> {});
            }
            look = false;
            turn.lock();
            try {
                read();
                if (!waiting.isEmpty()) {
                    return waiting.poll();
                }
                if (ended) {
                    return null;
                }
            } finally {
                turn.unlock();
            }
        }
    }

    /** All that has come is sorted. Under {@code turn}. */
    private void read() throws IOException, ProtocolViolation {
        while (!ended) {
            var frame = reader.read();
            if (frame == null) {
                ended = reader.ended();
                return;
            }
            sort(frame);
            if (!reader.hasMore()) {
                return; // else each call would cost one more system call
            }
        }
    }

    private void sort(Frame frame) throws IOException {
        switch (Kind.of(frame.kind()).orElse(Kind.HELLO)) {
            case CALL, BYE -> waiting.add(frame);
            case CANCEL -> {
                if (running != 0 && frame.callId() == running && runner != null) {
                    runner.interrupt();
                }
            }
            case ANSWER, ERROR -> {} // to an ask that nobody waits for
            default ->
                    send(
                            Frame.of(
                                    Kind.ERROR,
                                    frame.callId(),
                                    Header.of(
                                            Map.of(
                                                    "problem",
                                                    Failed.UNKNOWN_KIND,
                                                    "message",
                                                    "a worker does not take frames of kind "
                                                            + frame.kind()))));
        }
    }

    /** From here on the calling thread may be interrupted by a cancel. What a task left behind did to it before is not this call's. */
    void begin(long callId) {
        turn.lock();
        try {
            var _ = Thread.interrupted();
            runner = Thread.currentThread();
            running = callId;
            begun.incrementAndGet();
        } finally {
            turn.unlock();
        }
        watch.stir();
    }

    /** The same, of a call that knows itself. */
    void begin(Frame call) {
        telling.begin(call.header());
        begin(call.callId());
    }

    /** What threads of the running call know and say. */
    Telling telling() {
        return telling;
    }

    /** A cancel that comes later is late. */
    void end() {
        telling.end();
        turn.lock();
        try {
            running = 0;
            var _ = Thread.interrupted();
        } finally {
            turn.unlock();
        }
    }

    boolean isBusy() {
        return running != 0;
    }

    /** Before the answer to a call that has {@link #end ended}: what it said last. */
    void tellLast(long callId) throws IOException {
        writing.lock(); // the watch may be sending what came before
        try {
            var last = telling.take();
            if (last != null) {
                send(Frame.of(Kind.PROGRESS, callId, last));
            }
        } finally {
            writing.unlock();
        }
    }

    /** For the watch, which must not wait: what the connection does not take leaves with the next frame. */
    private void tell() {
        if (System.nanoTime() - toldNanos < TELL_EVERY_NANOS || !writing.tryLock()) {
            return;
        }
        try {
            long callId = running; // looked at here: the answer is sent under this lock too
            if (callId == 0 || !writer.flush()) {
                return;
            }
            var said = telling.take();
            if (said != null) {
                toldNanos = System.nanoTime();
                writer.add(Frame.of(Kind.PROGRESS, callId, said));
                var _ = writer.flush();
            }
        } catch (IOException gone) {
            return; // who reads finds that too
        } finally {
            writing.unlock();
        }
    }

    /** For the watch: a call that was running at its last look may have been cancelled since. */
    void look() {
        tell();
        long latest = begun.get();
        if (running == 0 || latest != seen) {
            seen = latest;
            return;
        }
        if (!turn.tryLock()) {
            return;
        }
        try {
            if (running != 0 && !ended) {
                read();
            }
        } catch (IOException | ProtocolViolation broken) {
            ended = true;
        } finally {
            turn.unlock();
        }
        if (ended) {
            watch.remove(this);
            onEndWhileBusy.run();
        }
    }

    /** Whole and at once, also if the other side is slow to read. Not for a thread that may be interrupted. */
    void send(Frame frame) throws IOException {
        writing.lock();
        try {
            writer.add(frame);
            while (!writer.flush()) {
                writable.select(key -> {});
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        watch.remove(this);
        readable.close();
        writable.close();
        channel.close();
    }
}
