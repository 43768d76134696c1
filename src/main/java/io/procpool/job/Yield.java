package io.procpool.job;

import io.procpool.job.JobState.Event;
import io.procpool.problem.Failure;
import java.time.Instant;

/** Where the ends of a job's tasks go. Not thread safe: the job's lock guards it. */
interface Yield {
    /** How many the job has, as far as is known. */
    long items();

    /** Items that are finished, failed ones included. */
    long done();

    /** @throws IllegalArgumentException if the value is no array and should be; then nothing was taken */
    void take(Task task, Task.End.Value end);

    /** Each item of a task that brought nothing has failed as the task has. */
    void takeBroken(Task task, Failure problem);

    boolean tooLarge();

    /** Whether the job has its {@link #outcome}. */
    boolean complete();

    Event outcome(Instant now);

    /** The job is final: no end is taken any more. */
    default void over(JobState.Final end) {}
}
