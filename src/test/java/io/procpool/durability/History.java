package io.procpool.durability;

import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What all clients have done, as they saw it. Any thread adds to it. */
final class History {
    private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();
    private final AtomicLong granted = new AtomicLong();

    /** Adds what ends now. */
    void add(Deed deed, Reply reply, long invoked) {
        operations.add(new Operation(deed, reply, invoked, System.nanoTime()));
        if (reply == Reply.OK && deed instanceof Submitted) {
            granted.incrementAndGet();
        }
    }

    /** How many requests that submit have been granted. */
    long granted() {
        return granted.get();
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }
}
