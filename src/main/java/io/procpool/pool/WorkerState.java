package io.procpool.pool;

import java.util.Locale;

/**
 * Life of a worker: starting, then idle and busy in turns, then stopping; it may be gone from anywhere. One that does not die of
 * SIGKILL is unkillable until it does.
 */
public enum WorkerState {
    STARTING,
    IDLE,
    BUSY,
    STOPPING,
    UNKILLABLE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
