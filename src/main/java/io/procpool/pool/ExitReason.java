package io.procpool.pool;

import io.procpool.runtime.Exit;
import java.util.Locale;

/** Why a worker ended. Every exit has one; it is a label of {@code procpool_worker_exits_total}. */
public enum ExitReason {
    MAX_TASKS,
    MAX_MEMORY_SOFT,
    MAX_MEMORY_HARD,
    MAX_AGE,
    IDLE,
    ROLLOVER,
    SCALE_DOWN,
    DRAIN,
    TERMINATE,
    TASK_TIMEOUT,
    CANCEL,
    CRASH_SIGNAL,
    CRASH_EXIT,
    UNRESPONSIVE,
    PROTOCOL_ERROR,
    INIT_FAILED,
    FORKSERVER_LOST;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The reason of an end that nobody here asked for. */
    static ExitReason ofCrash(Exit exit) {
        if (exit.signal() != null) {
            return CRASH_SIGNAL;
        }
        return exit.exitcode() != null ? CRASH_EXIT : FORKSERVER_LOST;
    }
}
