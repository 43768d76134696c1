package io.procpool.store;

import io.procpool.problem.Refusal.StoreFailed;
import io.procpool.problem.Refusal.StoreFull;
import io.procpool.problem.Refused;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only one that writes: its thread, {@code store-writer}, takes what has arrived while it committed as the next group, and commits that at once. So one alone waits for one
 * fsync, and many share one.
 *
 * <p>Threads: any puts operations in, and waits while there are too many; the writer's runs them and completes them. {@code lock} guards the queue and is not held while it
 * writes.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int LARGEST_GROUP = 256;
    private static final int MOST_WAITING = 10_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Session session;
    private final Consumer<Throwable> onLost;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Operation<?>> queue = new ArrayDeque<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("store-writer").unstarted(this::run);
    private long bytes;
    private boolean closed;
    private volatile @Nullable Throwable lost;
    private volatile boolean full;

    /** @param onLost runs once, when nothing can be written any more */
    Writer(Session session, Consumer<Throwable> onLost) {
        this.session = session;
        this.onLost = onLost;
    }

    void start() {
        thread.start();
    }

    /** Whether the disk had no room when it was last tried. */
    boolean isFull() {
        return full;
    }

    /** Null while all is well. */
    @Nullable Throwable lost() {
        return lost;
    }

    /**
     * Puts something in. Waits while too much is waiting to be written, but for those whose word the writer may depend on.
     *
     * @param patient whether the caller can wait
     */
    <T extends @Nullable Object> Operation<T> put(Operation<T> operation, boolean patient) {
        lock.lock();
        try {
            while (patient && !closed && lost == null && isCrowded()) {
                changed.awaitUninterruptibly();
            }
            if (closed || lost != null) {
                throw new Refused(new StoreFailed(RETRY_AFTER));
            }
            if (full && !operation.owed()) {
                throw new Refused(noRoom());
            }
            queue.add(operation);
            bytes += operation.bytes();
            changed.signalAll();
            return operation;
        } finally {
            lock.unlock();
        }
    }

    private boolean isCrowded() {
        return queue.size() >= MOST_WAITING || (bytes >= MOST_BYTES && !queue.isEmpty());
    }

    static StoreFull noRoom() {
        return new StoreFull("There is no room on the disk of the store", RETRY_AFTER);
    }

    // --- its own thread

    private void run() {
        try {
            for (var group = next(); !group.isEmpty(); group = next()) {
                write(group);
            }
        } catch (RuntimeException | Error bug) {
            lose(bug, List.of());
        }
    }

    /** Empty: it is closed, and all is written. */
    private List<Operation<?>> next() {
        lock.lock();
        try {
            while (queue.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            var group = new ArrayList<Operation<?>>();
            while (!queue.isEmpty() && group.size() < LARGEST_GROUP) {
                var operation = queue.remove();
                bytes -= operation.bytes();
                group.add(operation);
            }
            changed.signalAll();
            return group;
        } finally {
            lock.unlock();
        }
    }

    private void write(List<Operation<?>> group) {
        if (lost != null) {
            refuseAll(group);
            return;
        }
        try {
            commit(group);
            group.forEach(Operation::complete);
        } catch (SQLException | RuntimeException failure) {
            rollBack();
            if (group.size() > 1) {
                oneByOne(group);
            } else {
                retry(group.getFirst(), failure);
            }
        }
    }

    /** One of them is to blame: the others must not suffer. */
    private void oneByOne(List<Operation<?>> group) {
        for (var operation : group) {
            write(List.of(operation));
        }
    }

    private void commit(List<Operation<?>> group) throws SQLException {
        session.execute("BEGIN IMMEDIATE");
        for (var operation : group) {
            operation.run(session);
        }
        session.execute("COMMIT");
    }

    private void rollBack() {
        try {
            session.execute("ROLLBACK");
        } catch (SQLException none) {
            LOG.debug("SQLite has rolled back by itself", none);
        }
    }

    private void retry(Operation<?> operation, Throwable failure) {
        var why = failure;
        for (var pause = SHORTEST_PAUSE; ; pause = longer(pause)) {
            switch (Trouble.of(why)) {
                case OWN -> {
                    operation.fail(why);
                    return;
                }
                case LOST -> {
                    lose(why, List.of(operation));
                    return;
                }
                case FULL -> noteFull(why);
                case BUSY -> {}
            }
            if (!operation.owed()) {
                operation.fail(new Refused(noRoom()));
                full = false; // the next one tries for itself
                return;
            }
            if (rest(pause)) {
                operation.fail(new Refused(new StoreFailed(RETRY_AFTER)));
                return;
            }
            var again = attempt(operation);
            if (again == null) {
                return;
            }
            why = again;
        }
    }

    /** Null: it is written. */
    private @Nullable Throwable attempt(Operation<?> operation) {
        try {
            commit(List.of(operation));
            full = false;
            operation.complete();
            return null;
        } catch (SQLException | RuntimeException failure) {
            rollBack();
            return failure;
        }
    }

    private void noteFull(Throwable why) {
        if (!full) {
            LOG.error("There is no room on the disk of the store: nothing new is taken in", why);
            full = true;
        }
        refuseNew();
    }

    /** Whoever has something new does not wait for room. */
    private void refuseNew() {
        List<Operation<?>> refused;
        lock.lock();
        try {
            refused = queue.stream().filter(operation -> !operation.owed()).toList();
            queue.removeAll(refused);
            refused.forEach(operation -> bytes -= operation.bytes());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        refused.forEach(operation -> operation.fail(new Refused(noRoom())));
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Returns whether it is closed: nobody waits for room any more then. */
    private boolean rest(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return closed;
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing can be written any more. */
    void lose(Throwable why) {
        lose(why, List.of());
    }

    private void lose(Throwable why, List<Operation<?>> group) {
        lock.lock();
        try {
            lost = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        refuseAll(group);
        onLost.accept(why);
    }

    private static void refuseAll(List<Operation<?>> group) {
        group.forEach(operation -> operation.fail(new Refused(new StoreFailed(RETRY_AFTER))));
    }

    /** Writes what has arrived; returns when that is done. */
    @Override
    public void close() throws SQLException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            session.close();
        }
    }
}
