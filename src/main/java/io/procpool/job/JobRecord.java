package io.procpool.job;

import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is at one moment: what is stored and what is shown.
 *
 * @param async whether it was accepted with a 202: then it outlives the request
 * @param done items that are finished, failed ones included
 * @param attempts at most a hundred, the failed ones first of all
 * @param arrivals which items its values belong to; null: they are in the order of the items
 * @param version grows with each visible change; progress changes it at most four times a second
 * @param labels the client's
 * @param retryOf the job that this one is another try of; null: none
 * @param progress what its function has said last of it; null: nothing
 */
public record JobRecord(
        UUID id,
        String pool,
        Verb verb,
        String func,
        boolean collect,
        boolean async,
        Instant created,
        JobState state,
        long items,
        long done,
        List<Attempt> attempts,
        long version,
        @Nullable Arrivals arrivals,
        Map<String, String> labels,
        @Nullable UUID retryOf,
        @Nullable Progress progress) {
    static final int PLAIN = 256;

    public JobRecord {
        labels = Map.copyOf(labels);
    }

    /** A job whose values are in the order of its items, and of which there is nothing else to say. */
    public JobRecord(
            UUID id,
            String pool,
            Verb verb,
            String func,
            boolean collect,
            boolean async,
            Instant created,
            JobState state,
            long items,
            long done,
            List<Attempt> attempts,
            long version) {
        this(
                id, pool, verb, func, collect, async, created, state, items, done, attempts,
                version, null, Map.of(), null, null);
    }

    /** Its place among all jobs. */
    public JobStore.Cursor place() {
        return new JobStore.Cursor(created, id);
    }

    /** Whether its values went to the client that asked for them and are not kept. */
    public boolean streamed() {
        return verb.streams() && !async;
    }

    /** The same in another state. */
    public JobRecord with(JobState now, long newVersion) {
        return new JobRecord(
                id,
                pool,
                verb,
                func,
                collect,
                async,
                created,
                now,
                items,
                done,
                attempts,
                newVersion,
                arrivals,
                labels,
                retryOf,
                progress);
    }

    /** The same with other evidence. */
    public JobRecord with(List<Attempt> evidence) {
        return new JobRecord(
                id, pool, verb, func, collect, async, created, state, items, done, evidence,
                version, arrivals, labels, retryOf, progress);
    }

    public boolean ready() {
        return state instanceof JobState.Final;
    }

    public boolean successful() {
        return state instanceof JobState.Succeeded;
    }

    /** About how many bytes of memory it takes: whoever keeps many has to count. */
    public long weight() {
        long evidence =
                attempts.stream()
                        .mapToLong(
                                attempt ->
                                        PLAIN
                                                + attempt.outputTail().length()
                                                + weight(attempt.problem()))
                        .sum();
        return PLAIN
                + evidence
                + (arrivals == null ? 0 : 8L * arrivals.count())
                + switch (state) {
                    case JobState.Succeeded(_, _, var value, var errors) ->
                            value.size()
                                    + errors.stream()
                                            .mapToLong(error -> PLAIN + weight(error.problem()))
                                            .sum();
                    case JobState.Failed(_, _, var problem) -> weight(problem);
                    case JobState.Pending _, JobState.Running _ -> 0;
                    case JobState.Cancelled _, JobState.Expired _ -> 0;
                };
    }

    static long weight(@Nullable Failure problem) {
        return switch (problem) {
            case Failure.FunctionRaised(var thrown, _) ->
                    (long) thrown.message().length() + thrown.traceback().length();
            case Failure.WorkerLost(_, _, _, var tail) -> tail.length();
            case Failure.Quarantined(_, _, _, _, var tail) -> tail.length();
            case null, default -> 0; // a sentence at most
        };
    }
}
