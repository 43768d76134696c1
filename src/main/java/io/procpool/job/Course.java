package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.job.JobStore.KeptTask;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The course of a job's work: what is to be done, what is out, what has come, and what that means for the job. It decides nothing: it says what has happened. Not thread
 * safe: the job's lock guards it.
 */
final class Course {
    private final Submission submission;
    private final int maxResult;
    private final Source source;
    private final Tasks tasks;
    private final Yield yield;
    private final AttemptLog attempts = new AttemptLog();
    private final List<Quarantined> quarantined = new ArrayList<>();
    private @Nullable Progress progress;
    private @Nullable Task mostRun;
    private boolean cancelling;
    private @Nullable Long cancelRequestedNanos;
    private int places;

    /**
     * @param lock the job's, for who waits in the window of a stream
     * @param claims whether its tasks are claimed before they are handed out
     */
    Course(Submission submission, int maxResult, ReentrantLock lock, boolean claims) {
        this.submission = submission;
        this.maxResult = maxResult;
        if (submission.streamed()) {
            var window = new Window(submission, lock);
            this.source = window;
            this.yield = window;
        } else {
            this.source = new Cuts(submission);
            this.yield = new Harvest(submission, maxResult);
        }
        var oneByOne = submission.terms().delivery() == Delivery.AT_MOST_ONCE;
        this.tasks = new Tasks(source, claims, oneByOne);
    }

    Yield ends() {
        return yield;
    }

    JobRecord record(
            UUID id,
            Instant created,
            boolean async,
            JobState state,
            long version,
            @Nullable UUID retryOf) {
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
                version,
                yield instanceof Harvest harvest ? harvest.arrivals() : null,
                submission.terms().labels(),
                retryOf,
                progress);
    }

    boolean cancelling() {
        return cancelling;
    }

    // --- an earlier life of the job

    /** Its tasks of an earlier life: those that have an end bring it, the others are returned as they were run last. */
    List<Task> takeUp(List<KeptTask> kept) {
        var cuts = (Cuts) source;
        var open = new ArrayList<Task>();
        int items = 0;
        for (var one : kept) {
            items = Math.max(items, (int) one.firstItem() + one.items());
            var chunk = cuts.recut(one.firstItem(), one.items());
            one.attempts().forEach(attempts::add);
            var end = one.end();
            var task = new Task(one.number(), chunk, one.attempt(), one.attempts());
            if (end == null) {
                open.add(task);
            } else {
                take(task, end);
                places++;
            }
        }
        cuts.goOnAt(items);
        tasks.goOnAt(kept.size());
        return open;
    }

    /**
     * Its tasks of an earlier life were not kept: none of them has had more runs than that.
     *
     * @param known of a call all of them
     * @return the task of a call, as it was run last; of a map nobody knows which chunks there were
     */
    List<Task> beginAnew(List<Attempt> known, int runs) {
        if (submission.verb().maps()) {
            known.forEach(attempts::add);
            tasks.firstAttempt(runs + 1);
            return List.of();
        }
        return takeUp(List.of(new KeptTask(0, 0, 1, runs, known, null)));
    }

    /** The only task of it was claimed with it. */
    void claimedAhead() {
        tasks.claimedAhead(1);
    }

    // --- tasks

    /** @param over the job has its outcome, or is to begin nothing */
    Job.@Nullable Cut next(int processes, boolean over) {
        if (over || cancelling || !tasks.left()) {
            tasks.rest();
            return null;
        }
        var task = tasks.next(processes);
        var more = tasks.more();
        if (!more) {
            tasks.rest();
        }
        return task == null ? null : new Job.Cut(task, more);
    }

    /** Those that are to be claimed now. */
    List<Task> toClaim(int processes, boolean over) {
        return over || cancelling ? List.of() : tasks.toClaim(processes);
    }

    void claimed(List<Task> claims, boolean over) {
        tasks.claimed(over || cancelling ? List.of() : claims);
    }

    /** Whether the pool is to be told that there is something for it. */
    boolean wakes() {
        return !cancelling && tasks.wakes();
    }

    /** Takes note of the end of a run of a job that has its outcome. */
    void endedLate(Task task, @Nullable Attempt attempt) {
        tasks.returned(task);
        if (attempt != null) {
            attempts.add(attempt);
            tasks.measured(task, Task.between(attempt));
        }
    }

    /** What follows from the end of a run of a job that was accepted or not. */
    Judgement ended(Task task, Task.End end, @Nullable Attempt attempt, boolean accepted) {
        if (attempt != null) {
            task.ran(attempt);
            tasks.measured(task, Task.between(attempt));
        }
        if (cancelling || (end instanceof Task.End.Broke(Failure.PoolTerminated _))) {
            return new Judgement.Counts(end);
        }
        var judgement = Judgement.of(end, task.attempts(), submission.terms(), accepted);
        if (!accepted
                && judgement instanceof Judgement.Again
                && !submission.streamed()
                && (mostRun == null || task.attempt() > mostRun.attempt())) {
            mostRun = task;
        }
        return judgement;
    }

    /** The one with the most runs of those that had to be run again before the job was accepted; null: there was none. */
    @Nullable Task mostRun() {
        return mostRun;
    }

    /** Its next run may begin. */
    void again(Task next) {
        tasks.again(next);
    }

    /** A run that is followed by another is over. */
    void over(Task task, @Nullable Attempt attempt) {
        tasks.returned(task);
        if (attempt != null) {
            attempts.add(attempt);
        }
    }

    /** The place of a task's end among all of the job. */
    int nextPlace() {
        return places++;
    }

    /** Whether a task with this end may leave the job without outcome. */
    boolean goesOn(Task task, Task.End end) {
        boolean breaks = end instanceof Task.End.Broke && (!submission.collect() || cancelling);
        return !breaks && yield.done() + task.items() < yield.items();
    }

    /** What a release of a quarantined task submits. */
    Submission released(Task task) {
        var iterable = submission.iterable();
        return iterable == null || !submission.collect()
                ? submission
                : submission.withItems(
                        iterable.part(
                                (int) task.firstItem(), (int) task.firstItem() + task.items()));
    }

    void quarantine(Quarantined task) {
        quarantined.add(task);
    }

    /** Those that are to be stored with the job's outcome. */
    List<Quarantined> quarantined() {
        return List.copyOf(quarantined);
    }

    /** The end of a task counts. Null: the job goes on. */
    @Nullable Event counts(Task task, Task.End end, Instant now) {
        switch (end) {
            case Task.End.Broke(Failure.PoolTerminated terminated) -> {
                return new Event.Broke(now, terminated);
            }
            case Task.End.Broke _ when cancelling -> {
                return cancelled(now);
            }
            case Task.End.Broke(var problem) when !submission.collect() -> {
                return new Event.Broke(now, problem.shifted(task.firstItem()));
            }
            case Task.End.Value _, Task.End.Broke _ -> take(task, end);
        }
        return outcome(now);
    }

    /** What there is makes an outcome; null: it does not. */
    @Nullable Event outcome(Instant now) {
        if (yield.tooLarge()) {
            return new Event.Broke(now, new Failure.ResultTooLarge(maxResult));
        }
        return yield.complete() ? yield.outcome(now) : cancelled(now);
    }

    private void take(Task task, Task.End end) {
        switch (end) {
            case Task.End.Value value -> yield.take(task, value);
            case Task.End.Broke(var problem) -> yield.takeBroken(task, problem);
        }
    }

    private @Nullable Event cancelled(Instant now) {
        return cancelling && tasks.noneOut() ? new Event.CancelDone(now) : null;
    }

    /** Nothing more is cut. Null: something is out. */
    @Nullable Event cancel(Instant now) {
        cancelling = true;
        tasks.stop();
        return cancelled(now);
    }

    /** A client asks for the end. Returns true. */
    boolean cancelRequested() {
        if (cancelRequestedNanos == null) {
            cancelRequestedNanos = System.nanoTime();
        }
        return true;
    }

    /** Null if no client has asked for the end. */
    @Nullable Duration sinceCancelRequest() {
        return cancelRequestedNanos == null
                ? null
                : Duration.ofNanos(System.nanoTime() - cancelRequestedNanos);
    }

    void progress(Progress now) {
        progress = now;
    }

    /** What ends the tasks that are out. */
    List<Runnable> cancellers() {
        return tasks.cancellers();
    }
}
