package io.procpool.job;

import io.procpool.payload.Payload;
import java.time.Duration;
import java.util.List;

/** Where the tasks of a job come from. Not thread safe: the job's lock guards it. */
interface Source {
    /**
     * What one task is to do.
     *
     * @param body what the worker gets, in pieces
     * @param readyNanos since when it could have run, by {@link System#nanoTime}
     */
    record Chunk(long firstItem, int items, List<Payload> body, long readyNanos) {
        /** The same, ready now. */
        Chunk again() {
            return new Chunk(firstItem, items, body, System.nanoTime());
        }
    }

    /** Whether something can be cut now. */
    boolean left();

    /** The next one, if any is {@link #left}. */
    Chunk cut(int processes);

    /** One that was cut is to be cut again, before all others. */
    void again(Chunk chunk);

    /** So long a task has taken. */
    default void measured(int items, Duration ran) {}

    /** Nothing was left: the pool has let go of the job, and has to be told when there is more. */
    void rests();

    /** Whether the pool is to be told now that there is something to cut. */
    boolean wakes();

    /** Nothing more is to be cut. */
    void stop();
}
