package io.procpool.job;

import io.procpool.payload.Items;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.PoolDegraded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An imap whose items come and whose values go while it runs.
 *
 * <p>Threads: one reads the input and {@link #offer offers} items, one writes the answers: {@link #poll}, {@link #await}, {@link #finished}. A timer sends what
 * is part-filled. All state is the job's window, under the job's lock; the pool is told of new items outside of it.
 */
public final class ItemStream {
    /** After so long without input a part-filled chunk goes out. */
    static final Duration FILLING = Duration.ofMillis(20);

    /** So often it looks whether others have given memory back that it needs. */
    private static final Duration STARVED = Duration.ofMillis(250);

    /**
     * A chunk with its end.
     *
     * @param end an array of a value for each item, or what became of all of them
     */
    public record Answered(long firstItem, int items, Task.End end) {}

    private final Job job;
    private final Window window;
    private final Workers workers;
    private final JobListener listener;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoTime;
    private long inputNanos;
    private boolean timed;

    /** Since its first item came. */
    private @Nullable Long begunNanos;

    ItemStream(
            Job job,
            Workers workers,
            JobListener listener,
            ScheduledExecutorService timer,
            LongSupplier nanoTime) {
        this.job = job;
        this.window = job.window();
        this.workers = workers;
        this.listener = listener;
        this.timer = timer;
        this.nanoTime = nanoTime;
    }

    public Job job() {
        return job;
    }

    /** All items that will be offered are parts of a body whose memory is held already. */
    public void prepaid() {
        job.lock().lock();
        try {
            window.prepaid();
        } finally {
            job.lock().unlock();
        }
    }

    /**
     * Takes items in. Waits while the window is full.
     *
     * @return false if the stream takes no more: it has ended otherwise
     */
    public boolean offer(Items batch) throws InterruptedException {
        int taken = 0;
        while (taken < batch.size()) {
            if (!awaitRoom(batch.length(taken, taken + 1))) {
                return false;
            }
            taken += fill(batch, taken);
        }
        return true;
    }

    private boolean awaitRoom(int length) throws InterruptedException {
        job.lock().lock();
        try {
            while (!window.closed() && !window.hasRoom(length)) {
                window.room.await();
            }
            return !window.closed();
        } finally {
            job.lock().unlock();
        }
    }

    private int fill(Items batch, int from) {
        boolean wakes;
        int taken;
        job.lock().lock();
        try {
            taken = window.fill(batch, from);
            inputNanos = nanoTime.getAsLong();
            begunNanos = begunNanos == null ? Long.valueOf(inputNanos) : begunNanos;
            armTimer();
            wakes = window.wakes();
        } finally {
            job.lock().unlock();
        }
        wake(wakes);
        return taken;
    }

    private void wake(boolean wakes) {
        if (wakes) {
            workers.more(job);
        }
    }

    private void armTimer() {
        if (window.filling() && !timed) {
            timed = true;
            schedule(FILLING.toNanos());
        }
    }

    private void schedule(long nanos) {
        var _ = timer.schedule(this::sendFilling, nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs on the timer's thread: once for each chunk that is begun, or some more times while input comes. */
    private void sendFilling() {
        wake(
                job.locked(
                        () -> {
                            long left = inputNanos + FILLING.toNanos() - nanoTime.getAsLong();
                            if (window.filling() && left > 0) {
                                schedule(left);
                                return false;
                            }
                            timed = false;
                            window.seal();
                            return window.wakes();
                        }));
    }

    /**
     * The input has ended.
     *
     * @param why it can't be read on; null: all of it has come. What came is run and answered in either case
     */
    public void end(@Nullable Failure why) {
        wake(
                job.locked(
                        () -> {
                            window.close(why);
                            return window.wakes();
                        }));
    }

    /** Nobody is interested any more: nothing more is begun, and what runs is killed. */
    public void abandon() {
        job.cancel();
        workers.withdraw(job);
    }

    /** What can be written now, in the order in which it is to be written; what this has returned before has been written. */
    public List<Answered> poll() {
        var answered = job.locked(window::poll);
        wake(job.locked(window::wakes));
        return answered;
    }

    /**
     * Waits until there is something to write, or nothing more will be. What {@link #poll} has returned has been written.
     *
     * @return false if neither is so after {@code patience}
     */
    public boolean await(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        while (true) {
            boolean wakes;
            job.lock().lock();
            try {
                if (hasNews()) {
                    return true;
                }
                wakes = window.wakes(); // others may have given memory back
                if (!wakes && left <= 0) {
                    return false;
                }
                if (!wakes) {
                    long round = window.starved() ? Math.min(left, STARVED.toNanos()) : left;
                    left -= round - window.ready.awaitNanos(round);
                }
            } finally {
                job.lock().unlock();
            }
            wake(wakes);
        }
    }

    private boolean hasNews() {
        return window.hasEnded() || window.complete() || window.isOver();
    }

    /**
     * If everything is written, the stream is over.
     *
     * @return its job then, with its outcome; null: there is more to come
     */
    public @Nullable JobRecord finished() {
        job.delivered();
        boolean over = job.locked(() -> window.isOver() && window.complete());
        return over ? job.decidedRecord() : null;
    }

    /** Whether input is still taken. */
    public boolean open() {
        return job.locked(() -> !window.closed());
    }

    /** Until its first item has waited for a worker for as long as a start may take; empty if that has passed, or there is nothing to wait for. */
    public Optional<Duration> startLeft() {
        return awaitingStart().filter(Duration::isPositive);
    }

    /** Why no worker can begin with it, if its first item has waited for one for as long as a start may take. */
    public Optional<PoolDegraded> trouble() {
        return awaitingStart()
                .filter(left -> !left.isPositive())
                .flatMap(_ -> workers.trouble(job.submission().pool()));
    }

    /** The rest of the time that a start may take; empty if it has begun, or has no item. */
    private Optional<Duration> awaitingStart() {
        var since = job.locked(() -> begunNanos);
        if (since == null || !(job.snapshot().state() instanceof JobState.Pending)) {
            return Optional.empty();
        }
        var waited = Duration.ofNanos(nanoTime.getAsLong() - since);
        return Optional.of(workers.startTimeout(job.submission().pool()).minus(waited));
    }

    /** It is given up because its pool is in trouble. */
    public void giveUp(PoolDegraded why) {
        listener.refused(job.submission().pool(), why);
        abandon();
    }
}
