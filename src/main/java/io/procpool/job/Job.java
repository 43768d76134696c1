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
import java.util.concurrent.locks.Condition;
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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Tasks tasks;
    private final Harvest harvest;
    private final Edition edition = new Edition();
    private final AttemptLog attempts = new AttemptLog();
    private JobState decided = new Pending();
    private JobState shown = decided;
    private Runnable onReady = () -> {};
    private boolean cancelling;
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
        this.tasks = new Tasks(submission);
        this.harvest = new Harvest(submission.items(), submission.iterable() != null, maxResult);
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

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    // --- tasks ---

    /**
     * Cuts the next task.
     *
     * @return null if nothing is left to run
     */
    public @Nullable Cut next(int processes) {
        return locked(
                () -> {
                    if (decided instanceof Final || cancelling || !tasks.left()) {
                        return null;
                    }
                    var task = tasks.cut(processes);
                    return new Cut(task, tasks.left());
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
                shown = decided;
                change();
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
        return !(decided instanceof Final) && decide(task, end);
    }

    /** Returns whether the outcome is decided now. */
    private boolean decide(Task task, Task.End end) {
        var now = clock.instant();
        switch (end) {
            case Task.End.Value value -> harvest.take(task, value);
            case Task.End.Broke(Failure.PoolTerminated terminated) -> {
                return become(new Event.Broke(now, terminated));
            }
            case Task.End.Broke _ when cancelling -> {
                return tasks.noneOut() && become(new Event.CancelDone(now));
            }
            case Task.End.Broke(var problem) when submission.collect() ->
                    harvest.takeBroken(task, problem);
            case Task.End.Broke(var problem) -> {
                return become(new Event.Broke(now, problem.shifted(task.firstItem())));
            }
        }
        if (!edition.progressWaits()) {
            edition.progress();
            changed.signalAll(); // who waits has gone to sleep for longer than until it may show
        }
        showProgress();
        if (harvest.tooLarge()) {
            return become(new Event.Broke(now, new Failure.ResultTooLarge(maxResult)));
        }
        if (harvest.complete()) {
            return become(new Event.Done(now, harvest.value(), harvest.errors()));
        }
        return cancelling && tasks.noneOut() && become(new Event.CancelDone(now));
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
        boolean decidedNow = locked(() -> !(decided instanceof Final) && become(event));
        handOn(decidedNow);
        return decidedNow;
    }

    /** Nothing more is begun; what runs is killed, and the job is cancelled when that has ended. Again, or too late: no effect. */
    void cancel() {
        var cancellers = new ArrayList<Runnable>();
        boolean decidedNow = locked(() -> beginToCancel(cancellers));
        cancellers.forEach(Runnable::run);
        handOn(decidedNow);
    }

    private boolean beginToCancel(List<Runnable> cancellers) {
        if (decided instanceof Final || cancelling) {
            return false;
        }
        cancelling = true;
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
                    async |= !(decided instanceof Final);
                    return !(decided instanceof Final);
                });
    }

    // --- reading ---

    /** What is decided, shown or not: for the store. */
    JobRecord decidedRecord() {
        return locked(() -> record(decided, edition.number() + 1));
    }

    /** Shows the outcome that was decided. */
    void publish() {
        Runnable follower =
                locked(
                        () -> {
                            shown = decided;
                            change();
                            return onReady;
                        });
        follower.run();
    }

    /** Runs {@code follower} once its outcome shows; at once if it does already. There is one at most. */
    void onReady(Runnable follower) {
        boolean now =
                locked(
                        () -> {
                            onReady = follower;
                            return shown instanceof Final;
                        });
        if (now) {
            follower.run();
        }
    }

    public JobRecord snapshot() {
        return locked(
                () -> {
                    showProgress();
                    return record(shown, edition.number());
                });
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
                harvest.done(),
                attempts.all(),
                at);
    }

    /** Waits until it is final, at most so long. */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return await(patience, () -> shown instanceof Final);
    }

    /** Waits until its version is another than {@code known}. */
    public boolean awaitChange(long known, Duration patience) throws InterruptedException {
        return await(patience, () -> edition.number() != known);
    }

    private boolean await(Duration patience, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (true) {
                showProgress();
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(
                        edition.progressWaits() ? Math.min(left, Edition.PROGRESS_NANOS) : left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Not any more once the outcome is decided: its own change is to come. */
    private void showProgress() {
        if (edition.isDue(System.nanoTime()) && !(decided instanceof Final)) {
            change();
        }
    }

    private void change() {
        edition.change(System.nanoTime());
        changed.signalAll();
    }
}
