package io.procpool.pool;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * The calls that one slot has taken for a worker that has served nobody, which is yet to come: most often none, or one. They are not in the queue, where
 * other slots would take them and replace their workers too.
 *
 * <p>Threads: the slot adds and takes; any thread asks. One that is cancelled ends at once, on the thread of whoever cancels it.
 */
final class Owed {
    private final Deque<Again> calls = new ConcurrentLinkedDeque<>();

    /** @param afterwards when it was cancelled while it waited */
    void add(Call call, Runnable afterwards) {
        calls.add(Again.waiting(call, afterwards));
    }

    boolean isEmpty() {
        return calls.stream().allMatch(Again::isTaken);
    }

    /** The next one that has not been cancelled; null if there is none. */
    @Nullable Call poll() {
        Call call = null;
        while (call == null && !calls.isEmpty()) {
            call = calls.remove().take();
        }
        return call;
    }

    /** For a slot that ends: others may run them, or they end with the pool. */
    void giveBack(Pool pool) {
        for (var call = poll(); call != null; call = poll()) {
            Again.to(pool, call);
        }
    }
}
