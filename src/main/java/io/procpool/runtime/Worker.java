package io.procpool.runtime;

import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker process and its two connections. Everything that can happen to it comes out of {@link #await}, one event at a time.
 *
 * <p>Threads: one owner at a time calls everything but {@link #poke}, {@link #signalKill} and {@link #answer}, which any thread
 * may call. The owner sits in the selector, so it sees a frame, output, the end of the process, a poke and its deadline in one
 * place; nobody else touches the connections. It must be a platform thread: a selector holds its carrier.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How long the end of a connection waits for the report of the process's end before the process is killed. */
    private static final Duration REPORT_WITHIN = Duration.ofMillis(500);

    private static final int MOST_IN_A_ROW = 64;

    /** How long SIGKILL may take to show. A process that is still there then is in uninterruptible sleep. */
    private static final Duration KILL_SEEN_WITHIN = Duration.ofSeconds(5);

    /** What happened while the owner waited. */
    public sealed interface Event {
        /** A frame of the worker: result, error, progress or ask, or a kind nobody knows. */
        record Received(Frame frame) implements Event {}

        /** The process is gone, and with it the connections. The last event of a worker. */
        record Gone(Exit exit) implements Event {}

        /** The worker sent what is no frame. It still runs: the owner has to kill it. */
        record Broken(String why) implements Event {}

        /** The deadline has passed. */
        record Due() implements Event {}

        /** {@link #poke} was called. */
        record Poked() implements Event {}
    }

    private final WorkerProcess process;
    private final Connection calls;
    private final OutputDrain output;
    private final Selector selector;
    private final SelectionKey callKey;
    private final AtomicBoolean poked = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Frame> answers = new ConcurrentLinkedQueue<>();
    private boolean callsOpen = true;
    private boolean reset;
    private volatile boolean spare;
    private int framesSent;

    /** Frames that were received without a look at anything else. */
    private int framesInARow;

    private boolean overdue;
    private boolean undying;
    private boolean unread = true; // the hello may have had company
    private final long startedNanos = System.nanoTime();

    /** @param tailLimit how many bytes of a task's output are kept */
    Worker(WorkerProcess process, Connection calls, @Nullable Connection output, int tailLimit)
            throws IOException {
        this.process = process;
        this.calls = calls;
        this.output = new OutputDrain(output, tailLimit);
        this.selector = Selector.open();
        try {
            calls.channel().configureBlocking(false);
            callKey = calls.channel().register(selector, SelectionKey.OP_READ);
            this.output.register(selector);
        } catch (IOException closed) {
            selector.close();
            throw closed;
        }
        var _ = process.exit().whenComplete((exit, _) -> selector.wakeup());
    }

    /** It was started before anybody needed it. */
    void wasSpare() {
        spare = true;
    }

    /** Whether it was started before anybody needed it. */
    public boolean isSpare() {
        return spare;
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Whether the worker went with bytes unread that were sent to it: then the read of a Unix socket fails with ECONNRESET, or the write
     * with EPIPE, where it would end in order (unix(7)).
     */
    public boolean leftUnread() {
        return reset;
    }

    /** How many frames have been sent to it. */
    public int framesSent() {
        return framesSent;
    }

    /** Whether the end of the process has been reported; {@link #await} tells how. */
    public boolean hasEnded() {
        return process.exit().isDone();
    }

    /** Whether it was killed, its end has been told as unknown, and it is still there: in uninterruptible sleep, most likely. */
    public boolean isUnkillable() {
        return undying && !hasEnded();
    }

    /** Waits, for as long as it takes, until the end of the process has been reported. */
    public void awaitEnd() {
        process.exit().join();
    }

    /** {@link System#nanoTime} at its start. */
    public long startedNanos() {
        return startedNanos;
    }

    /** The output since {@link #forgetOutput}: complete as far as it was written before the last received frame. */
    public OutputTail output() {
        return output.tail();
    }

    /** What was printed so far is nobody's: a task begins. */
    public void forgetOutput() {
        output.drain();
        output.tail().clear();
    }

    /** Sends SIGKILL and waits for nothing; for whoever is not the owner, who sees the end as any other. */
    public void signalKill() {
        process.signal(WorkerProcess.SIGKILL);
    }

    /** Makes the current or next {@link #await} return {@link Event.Poked}. */
    public void poke() {
        if (!poked.getAndSet(true)) {
            selector.wakeup();
        }
    }

    /** Sends an answer to an ask, from whatever thread found it. */
    public void answer(Frame frame) {
        answers.add(frame);
        selector.wakeup();
    }

    /** Puts a frame on its way. What the connection does not take at once leaves during {@link #await}. */
    public void send(Frame frame) {
        framesSent++;
        calls.writer().add(frame);
        flush();
    }

    /**
     * Waits for the next event.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     */
    public Event await(long deadlineNanos) {
        boolean lookedAgain = false;
        if (framesInARow >= MOST_IN_A_ROW) { // whoever sends without end is not to be unstoppable
            framesInARow = 0;
            if (poked.getAndSet(false)) {
                return new Event.Poked();
            }
            // Once more after the deadline, as below.
            boolean late = deadlineNanos - System.nanoTime() <= 0;
            if (late && overdue) {
                overdue = false;
                return new Event.Due();
            }
            overdue = late;
        }
        while (true) {
            var exit = process.exit().getNow(null);
            try {
                var frame = receive();
                if (frame != null) {
                    framesInARow++;
                    output.drain();
                    return new Event.Received(frame);
                }
            } catch (ProtocolViolation violation) {
                closeCalls();
                return new Event.Broken(String.valueOf(violation.getMessage()));
            }
            if (exit != null) {
                return gone(exit);
            }
            if (!callsOpen) {
                return gone(waitOutEnd());
            }
            if (poked.getAndSet(false)) {
                return new Event.Poked();
            }
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0 && lookedAgain) {
                return new Event.Due();
            }
            // Once more after the deadline: if this whole service was stopped (SIGSTOP, a frozen
            // machine), its
            // clock went on, and what the worker has sent meanwhile it has sent in time.
            lookedAgain = left <= 0;
            framesInARow = 0;
            select(Math.max(0, left));
        }
    }

    /**
     * The kill ladder: a cancel frame, SIGTERM to the process group, SIGKILL after {@code grace}. Returns when the end was seen, or
     * as {@link #destroy} does.
     *
     * @param callId the call to give up, 0 if there is none
     */
    public Exit kill(long callId, Duration grace) {
        if (process.exit().getNow(null) == null) {
            send(Frame.of(Kind.CANCEL, callId, Header.EMPTY));
            process.signal(WorkerProcess.SIGTERM);
        }
        var exit = exitWithin(grace);
        return finish(exit != null ? exit : killNow());
    }

    /**
     * SIGKILL to the process group. Returns when the end was seen; or, of a process that does not even die of that, after some
     * seconds with an end of unknown kind: then it {@link #isUnkillable}.
     */
    public Exit destroy() {
        return finish(killNow());
    }

    /** Asks the worker to end, and kills it if it has not within {@code grace}. */
    public Exit retire(Duration grace) {
        send(Frame.of(Kind.BYE, 0, Header.EMPTY));
        var exit = exitWithin(grace);
        if (exit == null && process.isShared()) {
            return discard(); // it is idle, and only its neighbours keep it from hearing that
        }
        return exit != null ? finish(exit) : kill(0, grace);
    }

    /** Ends a worker that runs nothing that anybody waits for: by SIGKILL, or, of a thread, by the end of its connections. */
    public Exit discard() {
        return process.isShared() ? finish(Exit.unknown("was let go")) : destroy();
    }

    private Exit killNow() {
        process.signal(WorkerProcess.SIGKILL);
        var exit = exitWithin(KILL_SEEN_WITHIN);
        if (exit == null) {
            process.abandon(); // whoever should have sent the signal may be stuck
            exit = exitWithin(REPORT_WITHIN);
        }
        if (exit == null && !ProcessMemory.isThere(pid())) {
            process.abandon(); // it is gone, and whoever should have reported that is stuck
            exit = exitWithin(KILL_SEEN_WITHIN);
        }
        if (exit != null) {
            return exit;
        }
        undying = true;
        var seconds = KILL_SEEN_WITHIN.toSeconds();
        LOG.error("unkillable: worker {} has not ended {} s after SIGKILL", pid(), seconds);
        return Exit.unknown("it has not ended " + seconds + " s after SIGKILL");
    }

    private Exit waitOutEnd() {
        var exit = exitWithin(REPORT_WITHIN);
        if (exit == null && process.isShared()) {
            return Exit.unknown("ended its connection"); // its host may be too busy to report
        }
        return exit != null ? exit : killNow();
    }

    private @Nullable Exit exitWithin(Duration bound) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (true) {
            var exit = process.exit().getNow(null);
            long left = deadline - System.nanoTime();
            if (exit != null || left <= 0) {
                return exit;
            }
            // Output is drained meanwhile: a worker that prints on its way out must not wait for a
            // reader.
            select(left);
            discardFrames();
        }
    }

    private void discardFrames() {
        try {
            while (receive() != null) {
                unread = true;
            }
        } catch (ProtocolViolation violation) {
            closeCalls();
        }
    }

    private Event gone(Exit exit) {
        return new Event.Gone(finish(exit));
    }

    private Exit finish(Exit exit) {
        output.drain();
        closeCalls();
        output.close();
        try {
            selector.close();
        } catch (IOException failure) {
            LOG.debug("A selector could not be closed", failure);
        }
        return exit;
    }

    private void select(long nanos) {
        try {
            flush();
            Consumer<SelectionKey> ready =
                    key -> {
                        if (key.channel().equals(calls.channel())) {
                            unread = true;
                        } else {
                            output.drain();
                        }
                    };
            if (nanos == 0) {
                selector.selectNow(ready);
            } else {
                selector.select(ready, (nanos + 999_999) / 1_000_000);
            }
        } catch (IOException failure) {
            throw new IllegalStateException("the selector of worker " + pid() + " failed", failure);
        }
    }

    private @Nullable Frame receive() throws ProtocolViolation {
        if (!callsOpen || (!unread && process.exit().getNow(null) == null)) {
            return null;
        }
        try {
            var frame = calls.reader().read();
            if (frame == null) {
                unread = false;
                if (calls.reader().ended()) {
                    closeCalls();
                }
            } else {
                unread = calls.reader().hasMore();
            }
            return frame;
        } catch (IOException failure) {
            reset = true;
            closeCalls();
            return null;
        }
    }

    private void flush() {
        for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
            framesSent++;
            calls.writer().add(answer);
        }
        if (!callsOpen) {
            return;
        }
        try {
            var sent = calls.writer().flush();
            callKey.interestOps(
                    sent ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } catch (IOException failure) {
            reset = true;
            unread = true; // it may have answered before it closed: reading finds the end
            callKey.interestOps(SelectionKey.OP_READ);
        }
    }

    private void closeCalls() {
        if (callsOpen) {
            callsOpen = false;
            calls.close();
        }
    }
}
