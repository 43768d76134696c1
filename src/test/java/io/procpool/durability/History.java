package io.procpool.durability;

import io.procpool.durability.Operation.Deed;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What all clients have done, as they saw it. Any thread adds to it. */
final class History {
    private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();

    /** Adds what ends now. */
    void add(Deed deed, Reply reply, long invoked) {
        operations.add(new Operation(deed, reply, invoked, System.nanoTime()));
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }
}
