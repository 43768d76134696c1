package io.procpool.pool;

import io.procpool.problem.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A job's share in the queue: calls, handed out one at a time. Its methods may be called from any slot's thread, not two at a time.
 * Works are equal if they are the same job's.
 */
public interface Work {

    /** @param more whether there are further calls to hand out after this one */
    record Taken(Call call, boolean more) {}

    /** Higher first. */
    int priority();

    /** Whether somebody holds a request open for it: it counts for {@code queue_limit}. */
    boolean waitedFor();

    /**
     * @param processes of the pool, for cutting chunks
     * @return null if there is nothing to run any more
     */
    @Nullable Taken next(int processes);

    /**
     * Whether it may have calls again after it had none: it stays the pool's until it is withdrawn, and is dropped with the others when the pool is
     * terminated.
     */
    default boolean lasting() {
        return false;
    }

    /** The pool will take no further call of it. */
    void drop(Failure why);
}
