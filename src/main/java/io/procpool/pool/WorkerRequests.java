package io.procpool.pool;

import io.procpool.wire.Frame;

/** Answers what workers ask their host (frame kind ask). Called on a thread of its own for each ask. */
public interface WorkerRequests {
    /**
     * @param reference of the call during which the worker asks
     * @return the answer frame, with the id of the ask
     */
    Frame answer(String reference, Frame ask);
}
