package io.procpool.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A worker as it is now.
 *
 * @param id counts all workers that the pool has ever started
 * @param generation as in {@link Run}
 * @param retiring whether a client has asked for its end
 * @param privateMemory bytes that only this process has, where the system tells
 * @param currentFunc what it runs
 * @param currentResult for which result
 */
public record WorkerView(
        long id,
        long pid,
        int generation,
        WorkerState state,
        boolean retiring,
        int tasksDone,
        Instant started,
        Duration age,
        OptionalLong privateMemory,
        @Nullable String currentFunc,
        @Nullable String currentResult) {}
