package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.time.Instant;
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
    private final Tasks tasks;
    private final Yield yield;
    private final AttemptLog attempts = new AttemptLog();
    private boolean cancelling;
    private @Nullable Long cancelRequestedNanos;

    /** @param lock the job's, for who waits in the window of a stream */
    Course(Submission submission, int maxResult, ReentrantLock lock) {
        this.submission = submission;
        this.maxResult = maxResult;
        if (submission.streamed()) {
            var window = new Window(submission, lock);
            this.tasks = new Tasks(window);
            this.yield = window;
        } else {
            this.tasks = new Tasks(new Cuts(submission));
            this.yield = new Harvest(submission, maxResult);
        }
    }

    Yield ends() {
        return yield;
    }

    JobRecord record(UUID id, Instant created, boolean async, JobState state, long version) {
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
                null,
                null);
    }

    boolean cancelling() {
        return cancelling;
    }

    /** @param over the job has its outcome */
    Job.@Nullable Cut next(int processes, boolean over) {
        if (over || cancelling || !tasks.left()) {
            tasks.rest();
            return null;
        }
        var task = tasks.cut(processes);
        var more = tasks.left();
        if (!more) {
            tasks.rest();
        }
        return new Job.Cut(task, more);
    }

    /** Takes note of the end of a task of a job that has its outcome. */
    void endedLate(Task task, @Nullable Attempt attempt) {
        tasks.returned(task);
        if (attempt != null) {
            attempts.add(attempt);
            tasks.measured(task, Task.between(attempt));
        }
    }

    /** Takes the end of a task. Null: the job goes on. */
    @Nullable Event ended(Task task, Task.End end, @Nullable Attempt attempt, Instant now) {
        endedLate(task, attempt);
        switch (end) {
            case Task.End.Value value -> yield.take(task, value);
            case Task.End.Broke(Failure.PoolTerminated terminated) -> {
                return new Event.Broke(now, terminated);
            }
            case Task.End.Broke _ when cancelling -> {
                return cancelled(now);
            }
            case Task.End.Broke(var problem) when submission.collect() ->
                    yield.takeBroken(task, problem);
            case Task.End.Broke(var problem) -> {
                return new Event.Broke(now, problem.shifted(task.firstItem()));
            }
        }
        if (yield.tooLarge()) {
            return new Event.Broke(now, new Failure.ResultTooLarge(maxResult));
        }
        return yield.complete() ? yield.outcome(now) : cancelled(now);
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

    /** What ends the tasks that are out. */
    List<Runnable> cancellers() {
        return tasks.cancellers();
    }
}
