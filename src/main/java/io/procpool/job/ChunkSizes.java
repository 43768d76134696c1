package io.procpool.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many items the next chunk of a map gets. Without a given chunksize it is cut to about 100 ms of measured run time, so that
 * others get their turn; it begins with one, and CPython's {@code ceil(len / (4 * processes))} is the upper bound (multiprocessing/pool.py).
 *
 * <p>Not thread safe.
 */
final class ChunkSizes {
    private static final Duration TARGET = Duration.ofMillis(100);

    private final int items;
    private final @Nullable Integer given;
    private double nanosPerItem;

    /** @param given what the client asked for; null: measure */
    ChunkSizes(int items, @Nullable Integer given) {
        this.items = items;
        this.given = given;
    }

    /** @param left how many are not cut yet, at least one */
    int next(int left, int processes) {
        if (given != null) {
            return Math.min(left, given);
        }
        if (nanosPerItem == 0) {
            return 1;
        }
        long cpythons = Math.ceilDiv((long) items, 4L * processes);
        // The last ones get smaller, so that the workers end together.
        long fair = Math.ceilDiv((long) left, 2L * processes);
        long timed = (long) (TARGET.toNanos() / nanosPerItem);
        return (int) Math.max(1, Math.min(Math.min(timed, cpythons), fair));
    }

    /** The latest chunk counts as much as all before it: items need not be alike. */
    void measured(int count, Duration ran) {
        double now = Math.max(1, ran.toNanos()) / (double) count;
        nanosPerItem = nanosPerItem == 0 ? now : (nanosPerItem + now) / 2;
    }
}
