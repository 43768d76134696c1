package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.job.JobState.Final;
import io.procpool.job.JobState.Pending;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A job that is not final yet, or has just become it: cuts its tasks, takes their ends, and decides its outcome, once.
 *
 * <p>Threads: slots fetch and end tasks, requests read, wait and cancel. {@code lock} guards every field and is held for moments; the
 * outcome is handed on, and tasks are cancelled, outside of it. What was decided shows only when {@link #publish} is called:
 * a durable store comes in between.
 */
public final class Job {
    /** A task to run, and whether the job has more. */
    public record Cut(Task task, boolean more) {}

    private final UUID id;
    private final Submission submission;
    private final Instant created;
    private final Clock clock;
    private final int maxResult;
    private final Consumer<Job> onDecided;
    private final long queuedNanos = System.nanoTime();

    private final ReentrantLock lock;
    private final Showing showing;
    private final Tasks tasks;
    private final Yield yield;
    private final AttemptLog attempts = new AttemptLog();
    private JobState decided = new Pending();
    private boolean cancelling;
    private @Nullable Long cancelRequestedNanos;
    private boolean async;

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
        this.lock = new ReentrantLock();
        this.showing = new Showing(lock);
        if (submission.streamed()) {
            var window = new Window(submission, lock);
            this.tasks = new Tasks(window);
            this.yield = window;
        } else {
            this.tasks = new Tasks(new Cuts(submission));
            this.yield = new Harvest(submission, maxResult);
        }
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
        return locked(() -> !async);
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Where the items of a job come from that is {@link Submission#streamed}, guarded by the job's lock. */
    Window window() {
        if (yield instanceof Window window) {
            return window;
        }
        throw new IllegalStateException("job " + id + " is no stream");
    }

    // --- tasks ---

    /**
     * Cuts the next task.
     *
     * @return null if nothing is left to run, for now if it is a stream
     */
    public @Nullable Cut next(int processes) {
        return locked(
                () -> {
                    if (decided instanceof Final || cancelling || !tasks.left()) {
                        tasks.rest();
                        return null;
                    }
                    var task = tasks.cut(processes);
                    var more = tasks.left();
                    if (!more) {
                        tasks.rest();
                    }
                    return new Cut(task, more);
                });
    }

    /** @param canceller ends the task early; it is called at most once, from any thread */
    public void cancelledBy(Task task, Runnable canceller) {
        boolean now =
                locked(
                        () -> {
                            task.canceller(canceller);
                            return cancelling;
                        });
        if (now) {
            canceller.run();
        }
    }

    /** A task of it has begun. */
    public void begun(Instant at) {
        lock.lock();
        try {
            if (decided instanceof Pending) {
                decided = JobState.after(decided, new Event.Begun(at));
                showing.show(decided);
            }
        } finally {
            lock.unlock();
        }
    }

    /** @param attempt null if the task never reached a worker */
    public void ended(Task task, Task.End end, @Nullable Attempt attempt) {
        handOn(locked(() -> take(task, end, attempt)));
    }

    private void handOn(boolean decidedNow) {
        if (decidedNow) {
            onDecided.accept(this);
        }
    }

    private boolean take(Task task, Task.End end, @Nullable Attempt attempt) {
        tasks.returned(task);
        if (attempt != null) {
            attempts.add(attempt);
            tasks.measured(task, Task.between(attempt));
        }
        return !isDecided() && decide(task, end);
    }

    /** Returns whether the outcome is decided now. */
    private boolean decide(Task task, Task.End end) {
        var now = clock.instant();
        switch (end) {
            case Task.End.Value value -> yield.take(task, value);
            case Task.End.Broke(Failure.PoolTerminated terminated) -> {
                return become(new Event.Broke(now, terminated));
            }
            case Task.End.Broke _ when cancelling -> {
                return tasks.noneOut() && become(new Event.CancelDone(now));
            }
            case Task.End.Broke(var problem) when submission.collect() ->
                    yield.takeBroken(task, problem);
            case Task.End.Broke(var problem) -> {
                return become(new Event.Broke(now, problem.shifted(task.firstItem())));
            }
        }
        showing.progress(isDecided());
        if (yield.tooLarge()) {
            return become(new Event.Broke(now, new Failure.ResultTooLarge(maxResult)));
        }
        if (yield.complete()) {
            return become(yield.outcome(now));
        }
        return cancelling && tasks.noneOut() && become(new Event.CancelDone(now));
    }

    private boolean become(Event event) {
        decided = JobState.after(decided, event);
        if (decided instanceof Final end) {
            yield.over(end);
        }
        return isDecided();
    }

    private boolean isDecided() {
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
        boolean decidedNow = locked(() -> !isDecided() && become(event));
        handOn(decidedNow);
        return decidedNow;
    }

    /** Of a stream: what was to be written is written. */
    void delivered() {
        handOn(
                locked(
                        () ->
                                !isDecided()
                                        && yield.complete()
                                        && become(yield.outcome(clock.instant()))));
    }

    /**
     * A client asks for its end: {@link #cancel} follows.
     *
     * @return false if its outcome is decided
     */
    boolean cancelRequested() {
        return locked(
                () -> {
                    if (!isDecided() && cancelRequestedNanos == null) {
                        cancelRequestedNanos = System.nanoTime();
                    }
                    return !isDecided();
                });
    }

    /** Null if no client has asked for its end. */
    @Nullable Duration sinceCancelRequest() {
        var since = locked(() -> cancelRequestedNanos);
        return since == null ? null : Duration.ofNanos(System.nanoTime() - since);
    }

    /** Nothing more is begun; what runs is killed, and the job is cancelled when that has ended. Again, or too late: no effect. */
    void cancel() {
        var cancellers = new ArrayList<Runnable>();
        boolean decidedNow = locked(() -> beginToCancel(cancellers));
        cancellers.forEach(Runnable::run);
        handOn(decidedNow);
    }

    private boolean beginToCancel(List<Runnable> cancellers) {
        if (isDecided() || cancelling) {
            return false;
        }
        cancelling = true;
        tasks.stop();
        cancellers.addAll(tasks.cancellers());
        return tasks.noneOut() && become(new Event.CancelDone(clock.instant()));
    }

    /**
     * It is kept from now on.
     *
     * @return false if it was too late: the outcome is decided, and the one who waits can have it
     */
    boolean becomeAsync() {
        return locked(
                () -> {
                    async |= !isDecided();
                    return !isDecided();
                });
    }

    // --- reading ---

    /** What is decided, shown or not: for the store. */
    JobRecord decidedRecord() {
        return locked(() -> record(decided, showing.version() + 1));
    }

    /** Shows the outcome that was decided. */
    void publish() {
        Runnable follower =
                locked(
                        () -> {
                            showing.show(decided);
                            return showing.onReady();
                        });
        follower.run();
    }

    /** Runs {@code follower} once its outcome shows; at once if it does already. There is one at most. */
    void onReady(Runnable follower) {
        boolean now =
                locked(
                        () -> {
                            showing.onReady(follower);
                            return showing.isFinal();
                        });
        if (now) {
            follower.run();
        }
    }

    public JobRecord snapshot() {
        return locked(
                () -> {
                    showing.showProgress(isDecided());
                    return shownRecord();
                });
    }

    private JobRecord shownRecord() {
        return record(showing.state(), showing.version());
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
                yield.items(),
                yield.done(),
                attempts.all(),
                at,
                yield instanceof Harvest harvest ? harvest.arrivals() : null);
    }

    /** Waits until it is final, at most so long. */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return await(patience, showing::isFinal);
    }

    /** Waits until its version is another than {@code known}. */
    public boolean awaitChange(long known, Duration patience) throws InterruptedException {
        return await(patience, () -> showing.version() != known);
    }

    private boolean await(Duration patience, BooleanSupplier condition)
            throws InterruptedException {
        lock.lock();
        try {
            return showing.await(patience, this::isDecided, condition);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there are more values than {@code bytes} of them, or the job is shown to be in another state, at most so long.
     *
     * @param errors how many are known
     */
    News news(int bytes, int errors, JobState known, Duration patience)
            throws InterruptedException {
        lock.lock();
        try {
            if (!(yield instanceof Harvest harvest)) {
                throw new IllegalStateException("the values of job " + id + " are not kept");
            }
            showing.follow(
                    patience,
                    this::isDecided,
                    () -> harvest.elements().size() > bytes || !showing.state().equals(known));
            var elements = harvest.elements();
            return new News(
                    shownRecord(),
                    elements.slice(Math.min(bytes, elements.size()), elements.size()),
                    harvest.errors(errors),
                    harvest.arrivals());
        } finally {
            lock.unlock();
        }
    }
}
