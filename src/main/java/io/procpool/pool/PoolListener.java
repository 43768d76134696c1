package io.procpool.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Hears what happens in pools. Called on the pool's own threads: it must be quick and must not throw. */
public interface PoolListener {

    /**
     * A call that has run.
     *
     * @param sent bytes of its body
     * @param took from its begin to its outcome
     */
    record Ran(String pool, String func, long sent, Duration took, Outcome outcome, Run run) {}

    /**
     * A worker that can serve.
     *
     * @param how it was started: the start method in use, {@code thread}, or {@link #SPARE}
     * @param took from the wish for it until it could serve
     * @param initializing how long of that its initializer took; null if it has none
     */
    record Started(String pool, String how, Duration took, @Nullable Duration initializing) {
        /** A process that had been started before anybody needed it. */
        public static final String SPARE = "spare";
    }

    /**
     * A worker that is gone.
     *
     * @param served how many tasks it has answered
     */
    record Exited(String pool, long pid, ExitReason reason, int served, Duration age) {}

    /** A pool exists from now on; its figures begin at zero. */
    default void opened(Pool pool) {}

    default void forgotten(Pool pool) {}

    default void taskStarted(String pool, String func, Duration waited) {}

    default void taskEnded(Ran ran) {}

    default void workerStarted(Started started) {}

    default void workerStartFailed(String pool) {}

    default void workerExited(Exited exited) {}
}
