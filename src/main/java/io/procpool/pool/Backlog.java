package io.procpool.pool;

/** Work for pools that is not in their queues yet: it waits in a store. Any thread may ask. */
public interface Backlog {
    /** A pool is there from now on, and takes work. */
    void opened(String pool);

    /** Whether something waits for the pool. It is quick: slots ask. */
    boolean waiting(String pool);

    /** Nothing that waits for the pool will be run. Returns when that lasts. */
    void drop(String pool);

    /** The service ends: nothing more is handed out, and what has not begun waits for the next one. */
    void suspend();
}
