package io.procpool.job;

import io.procpool.problem.Refusal.PoolDegraded;
import java.time.Duration;
import java.util.Optional;

/** What a job asks of pools. */
public interface Workers {
    /**
     * Whether this could be run. Waits for a pool that is just starting.
     *
     * @throws io.procpool.problem.Refused unknown or closed pool, unknown function
     */
    void check(Submission submission);

    /**
     * Has the job run. Tasks are fetched from it as workers get free.
     *
     * @throws io.procpool.problem.Refused the queue is full, or the pool was closed a moment ago
     */
    void enqueue(Job job);

    /**
     * The same with a job that was accepted before: a closed pool takes it too, and no limit counts.
     *
     * @throws io.procpool.problem.Refused if the pool is gone, or was terminated
     */
    void admit(Job job);

    /** A job that had nothing to run has something again. */
    void more(Job job);

    /** The job will not be wanted: nothing more is fetched. What runs is not its business. */
    void withdraw(Job job);

    /** Nothing waits for the pool outside of its queue any more. */
    void drained(String pool);

    /** What becomes of accepted jobs of a pool. */
    enum Fate {
        /** They are run. */
        RUN,
        /** The pool is not there: they wait for it. */
        WAIT,
        /** They fail. */
        END
    }

    Fate fate(String pool);

    /** Why the pool can't run anything just now. */
    Optional<PoolDegraded> trouble(String pool);

    /** How long a sync call waits for a pool in trouble. */
    Duration startTimeout(String pool);
}
