package io.procpool.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A job as it is at one moment: what is stored and what is shown.
 *
 * @param async whether it was accepted with a 202: then it outlives the request
 * @param done items that are finished, failed ones included
 * @param attempts at most a hundred, the failed ones first of all
 * @param version grows with each visible change; progress changes it at most four times a second
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
        int items,
        int done,
        List<Attempt> attempts,
        long version) {

    public boolean ready() {
        return state instanceof JobState.Final;
    }

    public boolean successful() {
        return state instanceof JobState.Succeeded;
    }
}
