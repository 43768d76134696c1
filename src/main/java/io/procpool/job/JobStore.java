package io.procpool.job;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Home of accepted jobs. Each method is one transaction.
 */
public interface JobStore {

    /** What became of an id. */
    sealed interface Found {
        record There(JobRecord record) implements Found {}

        /** It was there and has been dropped, to keep within the store's limits. */
        record Gone() implements Found {}

        record Unknown() implements Found {}
    }

    /**
     * Which jobs to list, newest first.
     *
     * @param state a label of {@link JobState}
     * @param before only ids below this one: where the page before ended
     */
    record Query(
            @Nullable String pool,
            @Nullable String state,
            @Nullable String func,
            @Nullable UUID before,
            int limit) {
        public boolean matches(JobRecord record) {
            return (pool == null || pool.equals(record.pool()))
                    && (state == null || state.equals(record.state().label()))
                    && (func == null || func.equals(record.func()))
                    && (before == null || record.id().compareTo(before) < 0);
        }
    }

    /**
     * Takes a job in: its 202 may be sent once this returns.
     *
     * @throws io.procpool.problem.Refused if there is no room; nothing was stored
     */
    void accept(JobRecord record);

    /** Takes back an acceptance that nobody has been told of. */
    void withdraw(UUID id);

    /**
     * Gives an accepted job its final record, once; later ones and those of unknown jobs change nothing.
     *
     * @return completes when it lasts: only then may anyone see it
     */
    CompletionStage<Void> finish(JobRecord record);

    Found find(UUID id);

    /**
     * Forgets a final job.
     *
     * @return false if there is none, or it is not final
     */
    boolean forget(UUID id);

    /**
     * What is kept at the moment.
     *
     * @param results final jobs
     * @param bytes about what these take
     * @param evicted how many have been dropped, ever, to keep within the limits
     */
    record Holdings(long results, long bytes, long evicted) {}

    Holdings holdings();

    /** At most {@code query.limit} that match, by falling id. */
    List<JobRecord> list(Query query);
}
