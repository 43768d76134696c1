package io.procpool.pool;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The slots of a pool, and whether it runs, is closed or is terminated: what decides which slots there are.
 *
 * <p>Threads: any. {@code lock} guards {@code state}, {@code slots} and {@code closing}, and is held for moments, over nothing that
 * waits.
 */
final class Staff {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition slotEnded = lock.newCondition();
    private final Map<Integer, Slot> slots = new ConcurrentHashMap<>();
    private volatile PoolState state = PoolState.RUN;
    private volatile boolean closing;

    PoolState state() {
        return state;
    }

    /** Starts the slots that are wanted and that are not there. */
    void fill(Pool pool) {
        lock.lock();
        try {
            int wanted = pool.spec().processes();
            for (int number = 0; state == PoolState.RUN && number < wanted; number++) {
                slots.computeIfAbsent(
                        number,
                        free -> {
                            var slot = new Slot(pool, free);
                            slot.start();
                            return slot;
                        });
            }
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        slots.values().forEach(Slot::wake);
    }

    /** No way back: a terminated pool stays so. */
    void become(PoolState next) {
        lock.lock();
        try {
            state = state == PoolState.TERMINATE ? state : next;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no slot is left, nor comes again. */
    boolean gone() {
        lock.lock();
        try {
            return state != PoolState.RUN && slots.isEmpty() && !closing;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for that; returns whether it is so. */
    boolean awaitGone(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!gone()) {
                if (left <= 0) {
                    return false;
                }
                left = slotEnded.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a slot that has ended off the books.
     *
     * @return whether it was the last one of a pool that does not run: then {@link #closed} has to follow
     */
    boolean ended(Slot slot) {
        lock.lock();
        try {
            slots.remove(slot.number(), slot);
            boolean last = slots.isEmpty() && state != PoolState.RUN;
            closing = last;
            slotEnded.signalAll();
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** What had to be done after the last slot is done. */
    void closed() {
        lock.lock();
        try {
            closing = false;
            slotEnded.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
