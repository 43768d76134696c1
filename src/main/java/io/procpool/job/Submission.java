package io.procpool.job;

import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.Payload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants done.
 *
 * @param args of an apply: a JSON array
 * @param kwds of an apply: a JSON object
 * @param iterable of a map or starmap, and of a stream whose values are kept; null: one that comes item by item
 * @param chunksize items a task; null: cut by measured time
 * @param timeout of each task; null: the pool's
 * @param expiresIn after which a job that has not started ends as expired; null: never
 * @param priority from -100 to 100, higher first
 * @param collect {@code errors: collect}: failed items don't end the job
 * @param terms retries, labels and the like
 * @param hold the memory that the body takes; given back when the job is final
 */
public record Submission(
        String pool,
        Verb verb,
        String func,
        Payload args,
        Payload kwds,
        @Nullable Items iterable,
        @Nullable Integer chunksize,
        @Nullable Duration timeout,
        @Nullable Duration expiresIn,
        int priority,
        boolean collect,
        Terms terms,
        InFlight.Hold hold) {

    public static final int LOWEST_PRIORITY = -100;
    public static final int HIGHEST_PRIORITY = 100;

    /** Whether its items come, and its values go, while it runs. */
    public boolean streamed() {
        return verb.streams() && iterable == null;
    }

    /** The same, whose items are given to it while it runs. */
    public Submission withoutItems() {
        return new Submission(
                pool, verb, func, args, kwds, null, chunksize, timeout, expiresIn, priority,
                collect, terms, hold);
    }

    /** The same, whose body is in other memory. */
    public Submission withHold(InFlight.Hold other) {
        return new Submission(
                pool, verb, func, args, kwds, iterable, chunksize, timeout, expiresIn, priority,
                collect, terms, other);
    }

    /** The same for some of its items. */
    public Submission withItems(Items some) {
        return new Submission(
                pool, verb, func, args, kwds, some, chunksize, timeout, expiresIn, priority,
                collect, terms, hold);
    }

    /** Bytes of its body. */
    public long size() {
        return (long) args.size()
                + kwds.size()
                + (iterable == null ? 0 : iterable.length(0, iterable.size()));
    }

    /** Items of a map; one for an apply. */
    public int items() {
        return iterable == null ? 1 : iterable.size();
    }
}
