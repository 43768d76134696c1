package io.procpool.runtime;

import java.util.concurrent.CompletableFuture;

/** A worker's process, as the one who started it sees it. */
interface WorkerProcess {
    int SIGKILL = 9;
    int SIGTERM = 15;

    long pid();

    /** Completes once, when the end of the process is known. */
    CompletableFuture<Exit> exit();

    /** Signals the whole process group. Nothing happens if the process has been reaped: its pid may be another's by now. */
    void signal(int signal);

    /** Whether other workers are in the same process, which is not to be killed for this one's sake alone. */
    default boolean isShared() {
        return false;
    }

    /** Ends a worker that runs nothing that anybody waits for. One that {@link #isShared} ends by itself, when its connections are closed. */
    default void discard() {
        if (!isShared()) {
            signal(SIGKILL);
        }
    }

    /** The last resort when SIGKILL by {@link #signal} has shown no effect: whoever should have sent it may be stuck. */
    void abandon();
}
