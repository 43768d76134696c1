package io.procpool.pool;

import java.time.Duration;

/** Hears what happens in pools. Called on the pool's own threads: it must be quick and must not throw. */
public interface PoolListener {
    /** A pool exists from now on; its figures begin at zero. */
    default void opened(Pool pool) {}

    default void forgotten(Pool pool) {}

    default void taskStarted(String pool, String func, Duration waited) {}

    default void taskEnded(String pool, String func, Outcome outcome, Duration ran) {}

    default void workerStarted(String pool, Duration took) {}

    default void workerStartFailed(String pool) {}

    default void workerExited(String pool, ExitReason reason, int served, Duration age) {}
}
