package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.job.JobState.Final;
import io.procpool.job.JobState.Pending;
import io.procpool.payload.Joiner;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job that is not final yet, or has just become it: cuts its tasks, takes their ends, and decides its outcome, once.
 *
 * <p>Threads: slots fetch and end tasks, requests read, wait and cancel. {@code lock} guards every field and is held for moments; the
 * outcome is handed on, and tasks are cancelled, outside of it. What was decided shows only when {@link #publish} is called:
 * a durable store comes in between.
 */
public final class Job {
    private static final long PROGRESS_NANOS = Duration.ofMillis(250).toNanos();

    /** A task to run, and whether the job has more. */
    public record Cut(Task task, boolean more) {}

    private final UUID id;
    private final Submission submission;
    private final Instant created;
    private final Clock clock;
    private final int maxResult;
    private final Consumer<Job> onDecided;
    private final long queuedNanos = System.nanoTime();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ChunkSizes sizes;
    private final @Nullable Joiner joiner;
    private final AttemptLog attempts = new AttemptLog();
    private final List<ItemError> errors = new ArrayList<>();
    private final Set<Task> running = new LinkedHashSet<>();
    private JobState decided = new Pending();
    private JobState shown = decided;
    private Runnable onReady = () -> {};
    private int tasks;
    private int nextItem;
    private int done;
    private boolean cancelling;
    private boolean async;
    private long version = 1;
    private boolean stale;
    private long bumpedNanos;

    /** @param onDecided runs once, when the outcome is decided, on the thread that decided it */
    Job(
            UUID id,
            Submission submission,
            boolean async,
            int maxResult,
            Clock clock,
            Consumer<Job> onDecided) {
        this.id = id;
        this.submission = submission;
        this.async = async;
        this.maxResult = maxResult;
        this.clock = clock;
        this.created = clock.instant();
        this.onDecided = onDecided;
        this.sizes = new ChunkSizes(submission.items(), chunksize(submission));
        this.joiner = submission.iterable() == null ? null : new Joiner(maxResult);
    }

    /** With a timeout, which is a task's, and no chunksize a task is one item: else nobody knows what the timeout is for. */
    private static @Nullable Integer chunksize(Submission submission) {
        return submission.chunksize() == null && submission.timeout() != null
                ? Integer.valueOf(1)
                : submission.chunksize();
    }

    public UUID id() {
        return id;
    }

    public Submission submission() {
        return submission;
    }

    public long queuedNanos() {
        return queuedNanos;
    }

    /** Whether a request is held open for it. */
    public boolean waitedFor() {
        lock.lock();
        try {
            return !async;
        } finally {
            lock.unlock();
        }
    }

    // --- tasks ---

    /** Returns null if nothing is left to run */
    public @Nullable Cut next(int processes) {
        lock.lock();
        try {
            if (decided instanceof Final || cancelling || nextItem >= submission.items()) {
                return null;
            }
            int first = nextItem;
            int count = sizes.next(submission.items() - first, processes);
            nextItem += count;
            var task = new Task(tasks++, first, count, body(first, count));
            running.add(task);
            return new Cut(task, nextItem < submission.items());
        } finally {
            lock.unlock();
        }
    }

    private List<Payload> body(int first, int count) {
        var iterable = submission.iterable();
        return iterable == null
                ? List.of(
                        Payload.ofUtf8("{\"args\":"),
                        submission.args(),
                        Payload.ofUtf8(",\"kwds\":"),
                        submission.kwds(),
                        Payload.ofUtf8("}"))
                : List.of(iterable.range(first, first + count));
    }

    /** @param canceller ends the task early; it is called at most once, from any thread */
    public void cancelledBy(Task task, Runnable canceller) {
        boolean now;
        lock.lock();
        try {
            task.canceller(canceller);
            now = cancelling;
        } finally {
            lock.unlock();
        }
        if (now) {
            canceller.run();
        }
    }

    public void begun(Instant at) {
        lock.lock();
        try {
            if (decided instanceof Pending) {
                decided = JobState.after(decided, new Event.Begun(at));
                shown = decided;
                bump();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @param attempt null if the task never reached a worker */
    public void ended(Task task, Task.End end, @Nullable Attempt attempt) {
        boolean news;
        lock.lock();
        try {
            running.remove(task);
            if (attempt != null) {
                attempts.add(attempt);
                sizes.measured(task.items(), Task.between(attempt));
            }
            news = !(decided instanceof Final) && decide(task, end);
        } finally {
            lock.unlock();
        }
        if (news) {
            onDecided.accept(this);
        }
    }

    /** Returns whether the outcome is decided now */
    private boolean decide(Task task, Task.End end) {
        var now = clock.instant();
        switch (end) {
            case Task.End.Value(var value, var failed) -> take(task, value, failed);
            case Task.End.Broke(Failure.PoolTerminated terminated) -> {
                return become(new Event.Broke(now, terminated));
            }
            case Task.End.Broke _ when cancelling -> {
                return running.isEmpty() && become(new Event.CancelDone(now));
            }
            case Task.End.Broke(var problem) when submission.collect() -> takeBroken(task, problem);
            case Task.End.Broke(var problem) -> {
                return become(new Event.Broke(now, problem.shifted(task.firstItem())));
            }
        }
        done += task.items();
        progress();
        if (joiner != null && joiner.tooLarge()) {
            return become(new Event.Broke(now, new Failure.ResultTooLarge(maxResult)));
        }
        if (done == submission.items()) {
            return become(new Event.Done(now, value(end), errors));
        }
        return cancelling && running.isEmpty() && become(new Event.CancelDone(now));
    }

    private void take(Task task, Payload value, List<ItemError> failed) {
        if (joiner != null) {
            joiner.add(task.number(), value);
            failed.forEach(
                    error ->
                            errors.add(
                                    new ItemError(
                                            task.firstItem() + error.index(), error.problem())));
        }
    }

    private void takeBroken(Task task, Failure problem) {
        if (joiner != null) {
            var nulls = "null,".repeat(task.items());
            joiner.add(
                    task.number(),
                    Payload.ofUtf8("[" + nulls.substring(0, nulls.length() - 1) + "]"));
        }
        for (int item = 0; item < task.items(); item++) {
            errors.add(new ItemError(task.firstItem() + item, problem));
        }
    }

    private Payload value(Task.End end) {
        if (joiner != null) {
            return joiner.join();
        }
        return end instanceof Task.End.Value(var value, _) ? value : Payload.ofUtf8("null");
    }

    private boolean become(Event event) {
        decided = JobState.after(decided, event);
        return decided instanceof Final;
    }

    // --- from outside ---

    /** A map of nothing is done at once, as in CPython. */
    void finishEmpty() {
        decide(new Event.Done(clock.instant(), Payload.ofUtf8("[]"), List.of()));
    }

    /** Its pool takes no more of it. */
    public void broke(Failure problem) {
        decide(new Event.Broke(clock.instant(), problem));
    }

    /** Its {@code expires_in} has passed. */
    boolean lapse(Duration after) {
        return decide(new Event.Lapsed(clock.instant(), after));
    }

    private boolean decide(Event event) {
        boolean news;
        lock.lock();
        try {
            news = !(decided instanceof Final) && become(event);
        } finally {
            lock.unlock();
        }
        if (news) {
            onDecided.accept(this);
        }
        return news;
    }

    /** Nothing more is begun; what runs is killed, and the job is cancelled when that has ended. Again, or too late: no effect. */
    void cancel() {
        var cancellers = new ArrayList<Runnable>();
        boolean news = false;
        lock.lock();
        try {
            if (decided instanceof Final || cancelling) {
                return;
            }
            cancelling = true;
            running.stream().map(Task::canceller).filter(Objects::nonNull).forEach(cancellers::add);
            news = running.isEmpty() && become(new Event.CancelDone(clock.instant()));
        } finally {
            lock.unlock();
        }
        cancellers.forEach(Runnable::run);
        if (news) {
            onDecided.accept(this);
        }
    }

    /** Returns false if it was too late: the outcome is decided, and the one who waits can have it */
    boolean becomeAsync() {
        lock.lock();
        try {
            if (decided instanceof Final) {
                return false;
            }
            async = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    // --- reading ---

    /** What is decided, shown or not: for the store. */
    JobRecord decidedRecord() {
        lock.lock();
        try {
            return record(decided, version + 1);
        } finally {
            lock.unlock();
        }
    }

    /** Shows the outcome that was decided. */
    void publish() {
        Runnable follower;
        lock.lock();
        try {
            shown = decided;
            follower = onReady;
            bump();
        } finally {
            lock.unlock();
        }
        follower.run();
    }

    /** Runs {@code follower} once its outcome shows; at once if it does already. There is one at most. */
    void onReady(Runnable follower) {
        boolean now;
        lock.lock();
        try {
            onReady = follower;
            now = shown instanceof Final;
        } finally {
            lock.unlock();
        }
        if (now) {
            follower.run();
        }
    }

    public JobRecord snapshot() {
        lock.lock();
        try {
            freshen();
            return record(shown, version);
        } finally {
            lock.unlock();
        }
    }

    private JobRecord record(JobState state, long at) {
        return new JobRecord(
                id,
                submission.pool(),
                submission.verb(),
                submission.func(),
                submission.collect(),
                async,
                created,
                state,
                submission.items(),
                done,
                attempts.all(),
                at);
    }

    /** Waits until it is final, at most so long. */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return await(patience, () -> shown instanceof Final);
    }

    /** Waits until its version is another than {@code known}. */
    public boolean awaitChange(long known, Duration patience) throws InterruptedException {
        return await(patience, () -> version != known);
    }

    private boolean await(Duration patience, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (true) {
                freshen();
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(stale ? Math.min(left, PROGRESS_NANOS) : left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Progress shows at most four times a second: what comes in between waits for its turn. */
    private void progress() {
        stale = true;
        freshen();
    }

    private void freshen() {
        if (stale
                && !(decided instanceof Final)
                && System.nanoTime() - bumpedNanos >= PROGRESS_NANOS) {
            bump();
        }
    }

    private void bump() {
        stale = false;
        bumpedNanos = System.nanoTime();
        version++;
        changed.signalAll();
    }
}
