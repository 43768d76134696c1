package io.procpool.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The writes that wait for the writer, so many that memory stays small.
 *
 * <p>Threads: any puts, and waits for room outside of all locks but its own; the writer takes. Who completes stages never waits: what follows a stage may write, and the writer's next
 * end would wait for it. {@code lock} guards all.
 */
final class WriteQueue {
    static final int GROUP = 256;
    private static final int MOST = 4_096;
    private static final long MOST_BYTES = 64 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Deque<Write<?>> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    /**
     * @param refused asked while it waits for room: whether it need not be put any more. Only what is new waits for room: what follows from it is bounded by that, and those that
     *     bring it, slots and timers, are to stand still for no disk
     * @return false if it was not put: it is refused, or nothing is taken any more
     */
    boolean put(Write<?> write, BooleanSupplier refused) {
        lock.lock();
        try {
            while (write.refusable() && !closed && isFull() && !refused.getAsBoolean()) {
                room.awaitUninterruptibly();
            }
            if (closed || refused.getAsBoolean()) {
                return false;
            }
            waiting.add(write);
            bytes += write.weight();
            filled.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return waiting.size() >= MOST || bytes >= MOST_BYTES;
    }

    /** What has arrived, in its order; waits until something has, at most so long. Empty at the end, or if nothing came. */
    List<Write<?>> next(long patienceMillis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
            while (waiting.isEmpty() && !closed && left > 0) {
                left = filled.awaitNanos(left);
            }
            var group = new ArrayList<Write<?>>();
            while (!waiting.isEmpty() && group.size() < GROUP) {
                group.add(take(waiting.remove()));
            }
            room.signalAll();
            return group;
        } finally {
            lock.unlock();
        }
    }

    private Write<?> take(Write<?> write) {
        bytes -= write.weight();
        return write;
    }

    /** Takes out all that can be refused. */
    List<Write<?>> takeRefusable() {
        return takeAll(Write::refusable);
    }

    /** Takes out all whose callers stand and wait. */
    List<Write<?>> takeAwaited() {
        return takeAll(Write::awaited);
    }

    /** They come first again, in their order. */
    void putBack(List<Write<?>> writes) {
        lock.lock();
        try {
            for (var write : writes.reversed()) {
                waiting.addFirst(write);
                bytes += write.weight();
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Write<?>> takeAll(Predicate<Write<?>> which) {
        lock.lock();
        try {
            var taken = new ArrayList<Write<?>>();
            for (Iterator<Write<?>> rest = waiting.iterator(); rest.hasNext(); ) {
                var write = rest.next();
                if (which.test(write)) {
                    taken.add(take(write));
                    rest.remove();
                }
            }
            room.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is put any more; what is there can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
