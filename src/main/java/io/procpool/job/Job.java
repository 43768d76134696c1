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
import java.util.Objects;
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

        /** Runs something later, on another thread. */
        void later(Duration pause, Runnable action);

        UUID newId();
    }

    private final Identity identity;
    private final Submission submission;
    private final Clock clock;
    private final Owner owner;
    private final Journal journal;
    private final long queuedNanos = System.nanoTime();

    private final ReentrantLock lock;

    /** The ends of tasks are written in the order of their places. Held while the store has no room for more to write; {@code lock} is taken within it. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Showing showing;
    private final Course course;
    private JobState decided = new Pending();
    private @Nullable Ticket ticket;
    private @Nullable TaskClaim last;
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

    /** Of a job that is {@link Submission#streamed}. */
    Window window() {
        return (Window) course.ends();
    }

    // --- an earlier life ---

    /** It was claimed before, and is taken up again. Comes before anything else is done with it. */
    void takeUp(JobStore.Claimed claimed) {
        var runs = new ArrayList<Runnable>();
        lock.lock();
        try {
            decided = claimed.record().state();
            showing.takeUp(decided);
            if (claimed.tracked()) {
                course.takeUp(claimed.tasks()).forEach(task -> runs.add(() -> goOn(task)));
            } else {
                course.beginAnew(claimed.record().attempts(), claimed.lost());
            }
            claimed.first().ifPresent(_ -> course.claimedAhead());
        } finally {
            lock.unlock();
        }
        runs.forEach(Runnable::run);
        decideIfComplete();
    }

    /** Its first task is claimed with it. */
    void claimedAhead() {
        lock.lock();
        try {
            course.claimedAhead();
        } finally {
            lock.unlock();
        }
    }

    /** The service may have been lost after the last task had come to its end. */
    private void decideIfComplete() {
        handOn(
                locked(
                        () -> {
                            var event = isDecided() ? null : course.outcome(clock.instant());
                            return event != null && become(event);
                        }));
    }

    /** A task that was claimed in an earlier life and has no end. */
    private void goOn(Task next) {
        var terms = submission.terms();
        var before = next.attempts();
        if (terms.delivery() == Delivery.AT_MOST_ONCE && isServiceLost(before)) {
            var lost = Objects.requireNonNull(before.getLast().problem());
            settle(next, new Task.End.Broke(lost), null);
            return;
        }
        var waited =
                before.isEmpty()
                        ? Duration.ZERO
                        : Duration.between(before.getLast().finished(), clock.instant());
        int charged = Crashes.charged(before);
        var pause =
                charged == 0 ? Duration.ZERO : terms.retries().before(charged + 1).minus(waited);
        begin(next, pause);
    }

    private static boolean isServiceLost(List<Attempt> runs) {
        return !runs.isEmpty()
                && runs.getLast().problem() instanceof Failure.WorkerLost(var reason, _, _, _)
                && reason.equals(Crashes.SERVICE_LOST);
    }

    // --- tasks ---

    /**
     * Hands out the next task.
     *
     * @return null if there is none now: the pool is told when there is
     */
    public @Nullable Cut next(int processes) {
        var claims = new ArrayList<Task>();
        var cut =
                locked(
                        () -> {
                            boolean over = isDecided() || suspended;
                            var next = course.next(processes, over);
                            claims.addAll(course.toClaim(processes, over));
                            return next;
                        });
        if (!claims.isEmpty()) {
            var _ =
                    journal.claim(claims.stream().map(Task::claim).toList())
                            .thenRun(() -> claimed(claims));
        }
        return cut;
    }

    private void claimed(List<Task> claims) {
        lock.lock();
        try {
            course.claimed(claims, isDecided() || suspended);
        } finally {
            lock.unlock();
        }
        wake();
    }

    private void wake() {
        if (locked(() -> !isDecided() && !suspended && course.wakes())) {
            owner.more(this);
        }
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
        boolean first = locked(() -> decided instanceof Pending);
        if (!first) {
            return;
        }
        var running = new Event.Begun(at);
        lock.lock();
        try {
            decided = JobState.after(decided, running);
        } finally {
            lock.unlock();
        }
        var _ = journal.begun(task.claim(), pid, at).thenRun(this::showRunning);
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

    /** @param attempt null if the task never reached a worker */
    public void ended(Task task, Task.End end, @Nullable Attempt attempt) {
        var judgement = locked(() -> judge(task, end, attempt));
        switch (judgement) {
            case null -> {}
            case Judgement.Counts(var counts) -> settle(task, counts, attempt);
            case Judgement.Quarantine(var broke) -> quarantine(task, broke, attempt);
            case Judgement.Again(var pause) -> {
                var _ = journal.again(task).thenRun(() -> again(task, attempt, pause));
            }
        }
    }

    /** Null: it is too late. */
    private @Nullable Judgement judge(Task task, Task.End end, @Nullable Attempt attempt) {
        if (isDecided() || (isSuspended() && isTermination(end))) {
            course.endedLate(task, attempt);
            return null;
        }
        return course.ended(task, end, attempt);
    }

    private static boolean isTermination(Task.End end) {
        return end instanceof Task.End.Broke(Failure.PoolTerminated _);
    }

    private void again(Task task, @Nullable Attempt attempt, Duration pause) {
        var next = task.next();
        boolean over =
                locked(
                        () -> {
                            course.over(task, attempt);
                            return isDecided() || course.cancelling();
                        });
        if (over) {
            settle(next, new Task.End.Broke(new Failure.Cancelled()), null);
        } else {
            begin(next, pause);
        }
    }

    private void begin(Task next, Duration pause) {
        if (pause.isPositive()) {
            owner.later(pause, () -> begin(next, Duration.ZERO));
            return;
        }
        lock.lock();
        try {
            course.again(next);
        } finally {
            lock.unlock();
        }
        wake();
    }

    private void quarantine(Task task, Task.End.Broke end, @Nullable Attempt attempt) {
        var entry =
                new Quarantined(
                        owner.newId(),
                        id(),
                        clock.instant(),
                        task.firstItem(),
                        task.items(),
                        task.attempts(),
                        course.released(task));
        settle(task, end, attempt, entry);
    }

    private void settle(Task task, Task.End end, @Nullable Attempt attempt) {
        settle(task, end, attempt, null);
    }

    /** The end of a task counts: at once if it is written with the outcome, else when it is written. */
    private void settle(
            Task task, Task.End end, @Nullable Attempt attempt, @Nullable Quarantined entry) {
        boolean first = journal.writes() && locked(() -> course.goesOn(task, end));
        if (!first) {
            handOn(locked(() -> count(task, end, attempt, entry, task.claim())));
            return;
        }
        CompletionStage<Void> written;
        writing.lock();
        try {
            written = journal.ended(task, end, locked(course::nextPlace), entry);
        } finally {
            writing.unlock();
        }
        var _ = written.thenRun(() -> handOn(locked(() -> count(task, end, attempt, null, null))));
    }

    /** Returns whether the outcome is decided now. */
    private boolean count(
            Task task,
            Task.End end,
            @Nullable Attempt attempt,
            @Nullable Quarantined entry,
            @Nullable TaskClaim claim) {
        course.over(task, attempt);
        if (isDecided()) {
            return false;
        }
        if (entry != null) {
            course.quarantine(entry);
        }
        var event = course.counts(task, end, clock.instant());
        if (event == null) {
            showing.progress();
            return false;
        }
        last = claim;
        return become(event);
    }

    private void handOn(boolean decidedNow) {
        if (decidedNow) {
            owner.decided(this);
        }
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

    /** Whether what it has not come to is left to the next service. */
    private boolean isSuspended() {
        return suspended && ticket != null;
    }

    /** The service ends: it begins nothing more. If it is accepted it goes on in the next one. */
    void suspend() {
        lock.lock();
        try {
            suspended = ticket != null;
            if (suspended) {
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

    // --- reading: what is shown ---

    JobRecord decidedRecord() {
        return showing.decidedRecord();
    }

    /** The task whose end has decided its outcome, if that is written with it. */
    @Nullable TaskClaim last() {
        return locked(() -> journal.writes() ? last : null);
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
