package io.procpool.pool;

import io.procpool.runtime.Exit;
import java.util.Locale;

/**
 * Why a worker ended. Every exit has one; it is a label of {@code procpool_worker_exits_total}, and the {@code reason} of a {@code worker-lost}.
 */
public enum ExitReason {
    MAX_TASKS,
    MAX_MEMORY_SOFT,
    MAX_MEMORY_HARD,
    MAX_AGE,
    IDLE,
    /** For the sake of a call that wanted a worker of its own: it came before that, or it was that. */
    FRESH,
    ROLLOVER,
    /** A client asked for its end; it finished its task first. */
    RETIRED,
    /** A client had it killed. */
    KILLED,
    SCALE_DOWN,
    DRAIN,
    TERMINATE,
    TASK_TIMEOUT,
    CANCEL,
    CRASH_SIGNAL,
    CRASH_EXIT,
    UNRESPONSIVE,
    UNKILLABLE,
    PROTOCOL_ERROR,
    INIT_FAILED,
    FORKSERVER_LOST,
    /** A thread whose host process was killed because of another thread's task. */
    HOST_RECYCLED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it was done to the worker: that says nothing about the next one. */
    boolean caused() {
        return this == HOST_RECYCLED || this == KILLED;
    }

    /** The reason of an end that nobody here asked for. */
    static ExitReason ofCrash(Exit exit) {
        if (exit.collateral()) {
            return HOST_RECYCLED;
        }
        if (exit.signal() != null) {
            return CRASH_SIGNAL;
        }
        return exit.exitcode() != null ? CRASH_EXIT : FORKSERVER_LOST;
    }
}
