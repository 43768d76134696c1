package io.procpool.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A task that has killed its workers too often, with what is known of that.
 *
 * @param id of its own, version 7
 * @param job whose task it was
 * @param firstItem of the task, in the job's iterable
 * @param items of the task
 * @param attempts its runs, the last one too
 * @param submission what a release submits: all of the job if it has failed of it, only the items of the task if the job went on without them
 */
public record Quarantined(
        UUID id,
        UUID job,
        Instant at,
        long firstItem,
        int items,
        List<Attempt> attempts,
        Submission submission) {
    public Quarantined {
        attempts = List.copyOf(attempts);
    }
}
