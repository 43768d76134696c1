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
    private final Consumer<Job> onDecided;
    private final long queuedNanos = System.nanoTime();

    private final ReentrantLock lock;
    private final Showing showing;
    private final Course course;
    private JobState decided = new Pending();
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
        this.clock = clock;
        this.created = clock.instant();
        this.onDecided = onDecided;
        this.lock = new ReentrantLock();
        this.showing = new Showing(lock, new Subject());
        this.course = new Course(submission, maxResult, lock);
    }

    public UUID id() {
        return id;
    }

    public Submission submission() {
        return submission;
    }

    long queuedNanos() {
        return queuedNanos;
    }

    /** Whether a request is held open for it. */
    public boolean waitedFor() {
        return locked(() -> !async);
    }

    /** Guards all of it; the window of a stream too. */
    ReentrantLock lock() {
        return lock;
    }

    <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Of a job that is {@link Submission#streamed}. */
    Window window() {
        return (Window) course.ends();
    }

    // --- tasks ---

    /**
     * Cuts the next task.
     *
     * @return null if nothing is left to run, for now if it is a stream
     */
    public @Nullable Cut next(int processes) {
        return locked(() -> course.next(processes, isDecided()));
    }

    /** @param canceller ends the task early; it is called at most once, from any thread */
    public void cancelledBy(Task task, Runnable canceller) {
        boolean now =
                locked(
                        () -> {
                            task.canceller(canceller);
                            return course.cancelling();
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

    /** Returns whether the outcome is decided now. */
    private boolean take(Task task, Task.End end, @Nullable Attempt attempt) {
        if (isDecided()) {
            course.endedLate(task, attempt);
            return false;
        }
        var event = course.ended(task, end, attempt, clock.instant());
        if (event == null) {
            showing.progress();
        }
        return event != null && become(event);
    }

    private boolean become(Event event) {
        decided = JobState.after(decided, event);
        if (decided instanceof Final end) {
            course.ends().over(end);
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
        var yield = course.ends();
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
        return locked(() -> !isDecided() && course.cancelRequested());
    }

    /** Null if no client has asked for its end. */
    @Nullable Duration sinceCancelRequest() {
        return locked(course::sinceCancelRequest);
    }

    /** Nothing more is begun; what runs is killed, and the job is cancelled when that has ended. Again, or too late: no effect. */
    void cancel() {
        var cancellers = new ArrayList<Runnable>();
        boolean decidedNow = locked(() -> beginToCancel(cancellers));
        cancellers.forEach(Runnable::run);
        handOn(decidedNow);
    }

    private boolean beginToCancel(List<Runnable> cancellers) {
        if (isDecided() || course.cancelling()) {
            return false;
        }
        var event = course.cancel(clock.instant());
        cancellers.addAll(course.cancellers());
        return event != null && become(event);
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

    // --- reading: what is shown ---

    JobRecord decidedRecord() {
        return showing.decidedRecord();
    }

    void publish() {
        showing.publish();
    }

    /** Runs {@code follower} once its outcome shows; at once if it does already. There is one at most. */
    void onReady(Runnable follower) {
        showing.onReady(follower);
    }

    public JobRecord snapshot() {
        return showing.snapshot();
    }

    /** Waits until it is final, at most so long. */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return showing.awaitReady(patience);
    }

    /** Waits until its version is another than {@code known}. */
    public boolean awaitChange(long known, Duration patience) throws InterruptedException {
        return showing.awaitChange(known, patience);
    }

    /**
     * Of a job whose values are kept. Waits until there are more values than {@code bytes} of them, or the job is shown to be in another state, at most so long.
     *
     * @param errors how many are known
     */
    News news(int bytes, int errors, JobState known, Duration patience)
            throws InterruptedException {
        return showing.news((Harvest) course.ends(), bytes, errors, known, patience);
    }

    private final class Subject implements Showing.Subject {
        @Override
        public JobState decided() {
            return decided;
        }

        @Override
        public JobRecord record(JobState state, long version) {
            return course.record(id, created, async, state, version);
        }
    }
}
