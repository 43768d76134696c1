package io.procpool.runtime;

import java.util.Locale;

/** What a worker is: a process, or a thread of one host process that all workers of its pool share ({@code multiprocessing.dummy}). */
public enum WorkerKind {
    PROCESS,
    THREAD;

    /** The name in the API, and on the wire. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
