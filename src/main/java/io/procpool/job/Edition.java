package io.procpool.job;

import java.time.Duration;

/**
 * The number that changes when a job's resource does, its ETag. Progress changes it at most four times a second: what comes in
 * between waits for its turn. Not thread safe.
 */
final class Edition {
    static final long PROGRESS_NANOS = Duration.ofMillis(250).toNanos();

    private long number;
    private boolean progressWaits;
    private long changedNanos;

    Edition(long first) {
        this.number = first;
    }

    long number() {
        return number;
    }

    boolean progressWaits() {
        return progressWaits;
    }

    void progress() {
        progressWaits = true;
    }

    /** Whether progress that waits may show now. */
    boolean isDue(long nowNanos) {
        return progressWaits && nowNanos - changedNanos >= PROGRESS_NANOS;
    }

    void change(long nowNanos) {
        progressWaits = false;
        changedNanos = nowNanos;
        number++;
    }
}
