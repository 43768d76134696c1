package io.procpool.metrics;

import io.procpool.pool.Pool;
import io.procpool.pool.PoolState;
import io.procpool.pool.WorkerState;

/** What a pool is at the moment, asked when somebody wants to know. */
final class PoolGauges {
    private static final int LOWEST = Integer.MIN_VALUE;
    private static final int HIGHEST = Integer.MAX_VALUE;

    private PoolGauges() {}

    static void show(Pool pool, Shelf shelf) {
        for (var state : PoolState.values()) {
            shelf.gauge(
                    Name.POOL_STATE, () -> pool.state() == state ? 1 : 0, "state", state.name());
        }
        shelf.gauge(
                Name.POOL_DEGRADED, () -> pool.health() instanceof Pool.Health.Degraded ? 1 : 0);
        shelf.gauge(Name.WORKER_START_BREAKER_OPEN, () -> pauses(pool) ? 1 : 0);
        for (var state : WorkerState.values()) {
            shelf.gauge(Name.WORKERS, () -> pool.countWorkers(state), "state", state.label());
        }
        shelf.gauge(Name.WORKERS_CONFIGURED, () -> pool.spec().processes());
        shelf.gauge(Name.QUEUE_JOBS, () -> pool.queued(LOWEST, -1), "priority", "low");
        shelf.gauge(Name.QUEUE_JOBS, () -> pool.queued(0, 0), "priority", "normal");
        shelf.gauge(Name.QUEUE_JOBS, () -> pool.queued(1, HIGHEST), "priority", "high");
        shelf.gauge(Name.QUEUE_CALLS, pool::queuedCalls);
        shelf.gauge(Name.QUEUE_CAPACITY, () -> pool.spec().queueLimit());
        shelf.gauge(Name.QUEUE_OLDEST_AGE, () -> pool.oldestQueued().toNanos() / 1e9);
    }

    private static boolean pauses(Pool pool) {
        return pool.health() instanceof Pool.Health.Degraded(_, _, var untilNextTry)
                && untilNextTry.isPositive();
    }
}
