package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.job.JobState.Final;
import io.procpool.job.JobState.Pending;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
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

    /**
     * What makes a job what it is.
     *
     * @param retryOf the job that it is another try of; null: none
     */
    record Identity(UUID id, Instant created, @Nullable UUID retryOf) {}

    /**
     * Whom a job tells, on the threads on which it happens.
     */
    interface Owner {
        /** Its outcome is decided. Comes once. */
        void decided(Job job);

        /** There is something to run again, after there was nothing. */
        void more(Job job);

        /** A job of which nothing else is written has another run: no later one is to have its number. */
        CompletionStage<Void> again(Ticket ticket, Task task);

        /** Goes on with a job later, on another thread; nothing else of a single call is to be done meanwhile. */
        void later(Job job, Duration pause, Runnable action);

        UUID newId();
    }

    private final Identity identity;
    private final Submission submission;
    private final Clock clock;
    private final Owner owner;
    private final Journal journal;
    private final long queuedNanos = System.nanoTime();

    private final ReentrantLock lock;

    private final Showing showing;
    private final Course course;
    private final Runs runs;
    private JobState decided = new Pending();
    private @Nullable Ticket ticket;
    private boolean suspended;

    /** One that nobody is promised anything about, until it is {@link #becomeAsync accepted}. */
    Job(Identity identity, Submission submission, int maxResult, Clock clock, Owner owner) {
        this(identity, submission, maxResult, clock, owner, new Journal.Unwritten(), null);
    }

    /**
     * @param journal where its steps are written
     * @param ticket the claim on an accepted one; null: it is not accepted
     */
    Job(
            Identity identity,
            Submission submission,
            int maxResult,
            Clock clock,
            Owner owner,
            Journal journal,
            @Nullable Ticket ticket) {
        this.identity = identity;
        this.submission = submission;
        this.clock = clock;
        this.owner = owner;
        this.journal = journal;
        this.ticket = ticket;
        this.lock = new ReentrantLock();
        long version = ticket == null ? 1 : ticket.firstVersion();
        this.showing = new Showing(lock, new Subject(), version);
        this.course = new Course(submission, maxResult, lock, journal.writes());
        this.runs = new Runs(this, course, journal, clock);
    }

    public UUID id() {
        return identity.id();
    }

    public Submission submission() {
        return submission;
    }

    long queuedNanos() {
        return queuedNanos;
    }

    /** Whether a request is held open for it. */
    public boolean waitedFor() {
        return locked(() -> ticket == null);
    }

    /** Whether it may have something to run again after it had nothing. */
    public boolean lasting() {
        return submission.streamed() || journal.writes() || submission.terms().retries().max() > 0;
    }

    /** The claim on it; null: it is not accepted. */
    @Nullable Ticket ticket() {
        return locked(() -> ticket);
    }

    Instant created() {
        return identity.created();
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

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
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
     * It was claimed before, and is taken up again. Comes before it is handed to its pool.
     *
     * @return false if it was cancelled a moment ago
     */
    boolean takeUp(JobStore.Claimed claimed) {
        lock.lock();
        try {
            if (isDecided()) {
                return false;
            }
            decided = claimed.record().state();
            showing.takeUp(decided);
        } finally {
            lock.unlock();
        }
        runs.takeUp(claimed);
        return true;
    }

    /** Its first task is claimed with it. */
    void claimedAhead() {
        runs.claimedAhead();
    }

    /**
     * Hands out the next task.
     *
     * @return null if there is none now: the pool is told when there is
     */
    public @Nullable Cut next(int processes) {
        return runs.next(processes);
    }

    /** @param attempt null if the task never reached a worker */
    public void ended(Task task, Task.End end, @Nullable Attempt attempt) {
        runs.ended(task, end, attempt);
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
    public void begun(Task task, long pid, Instant at) {
        boolean first =
                locked(
                        () -> {
                            boolean pending = decided instanceof Pending;
                            decided = JobState.after(decided, new Event.Begun(at));
                            return pending;
                        });
        if (first) {
            var _ = journal.begun(task.claim(), pid, at).thenRun(this::showRunning);
        }
    }

    private void showRunning() {
        lock.lock();
        try {
            if (decided instanceof JobState.Running) {
                showing.show(decided);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something of it is done. Under the lock. */
    void progressed() {
        showing.progress();
    }

    Owner owner() {
        return owner;
    }

    /** What its function says of how far it is. */
    public void progress(Progress now) {
        lock.lock();
        try {
            if (!isDecided()) {
                course.progress(now);
                showing.progress();
            }
        } finally {
            lock.unlock();
        }
    }

    void handOn(boolean decidedNow) {
        if (decidedNow) {
            owner.decided(this);
        }
    }

    /** Under the lock. Returns whether the outcome is decided by it. */
    boolean become(Event event) {
        decided = JobState.after(decided, event);
        if (decided instanceof Final end) {
            course.ends().over(end);
        }
        return isDecided();
    }

    /** Under the lock. */
    boolean isDecided() {
        return decided instanceof Final;
    }

    /** Whether its outcome is decided, shown or not. */
    boolean isOver() {
        return locked(this::isDecided);
    }

    /** Whether what it has not come to is left to the next service. Under the lock. */
    boolean isSuspended() {
        return suspended && ticket != null;
    }

    /** The service ends. If it is accepted, or will be, it begins nothing more and goes on in the next one. */
    void suspend() {
        lock.lock();
        try {
            suspended = true;
            if (isSuspended()) {
                showing.letGo();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The store has another outcome, of a later claim: this one is nobody's business any more. */
    void superseded() {
        lock.lock();
        try {
            showing.letGo();
        } finally {
            lock.unlock();
        }
    }

    // --- from outside ---

    /** A map of nothing is done at once, as in CPython. */
    void finishEmpty() {
        decide(new Event.Done(clock.instant(), Payload.ofUtf8("[]"), List.of()));
    }

    /** Its pool takes no more of it. */
    public void broke(Failure problem) {
        if (!locked(this::isSuspended)) {
            decide(new Event.Broke(clock.instant(), problem));
        }
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
    boolean becomeAsync(Ticket accepted) {
        return locked(
                () -> {
                    if (!isDecided()) {
                        ticket = accepted;
                    }
                    return !isDecided();
                });
    }

    /** The one of its tasks with the most runs of those that had to be run again before it was accepted; null: there was none. */
    @Nullable Task mostRun() {
        return locked(course::mostRun);
    }

    // --- reading: what is shown ---

    JobRecord decidedRecord() {
        return showing.decidedRecord();
    }

    /** The task whose end has decided its outcome, if that is written with it. */
    @Nullable TaskClaim last() {
        return locked(() -> journal.writes() ? runs.last() : null);
    }

    /** What is to be stored with its outcome. */
    List<Quarantined> quarantined() {
        return locked(course::quarantined);
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
            return course.record(
                    identity.id(),
                    identity.created(),
                    ticket != null,
                    state,
                    version,
                    identity.retryOf());
        }
    }
}
