package io.procpool.pool;

import java.util.Locale;

/** Life of a worker: starting, then idle and busy in turns, then stopping; it may be gone from anywhere. */
public enum WorkerState {
    STARTING,
    IDLE,
    BUSY,
    STOPPING;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
