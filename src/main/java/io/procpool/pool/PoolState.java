package io.procpool.pool;

/** As in CPython's {@code multiprocessing.pool}. */
public enum PoolState {
    /** Takes work. */
    RUN,
    /** Takes no more; its workers end when all is done. */
    CLOSE,
    /** Its workers are killed, its pending jobs fail. */
    TERMINATE
}
