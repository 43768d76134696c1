package io.procpool.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Times as the database has them: nanoseconds since 1970. What is further away than three centuries is as good as never. */
final class Times {
    private static final long SECOND = 1_000_000_000;
    private static final long MOST_SECONDS = Long.MAX_VALUE / SECOND - 1;

    private Times() {}

    static long nanos(Instant time) {
        long seconds = Math.clamp(time.getEpochSecond(), -MOST_SECONDS, MOST_SECONDS);
        return seconds * SECOND + time.getNano();
    }

    static @Nullable Long nanosOrNull(@Nullable Instant time) {
        return time == null ? null : Long.valueOf(nanos(time));
    }

    static Instant of(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    /** Nanoseconds; null: longer than can be said so. */
    static @Nullable Long length(Duration duration) {
        return duration.abs().toSeconds() > MOST_SECONDS ? null : Long.valueOf(duration.toNanos());
    }
}
