package io.procpool.pool;

import io.procpool.problem.Failure;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refusal.QueueFull;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is. Within a priority each work gives one call and goes to the end of the line, so that an apply never waits for
 * a big map, only for its running chunks.
 *
 * <p>Threads: any thread offers, slots poll. {@code lock} guards everything; it is not held while a work cuts its next call nor
 * while a taker is woken.
 */
final class FairQueue {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Who takes calls and can be woken when there is one. */
    interface Taker {
        void wake();
    }

    private static final class Entry {
        final Work work;
        final long sinceNanos;
        final int waiting;
        boolean begun;

        Entry(Work work, long sinceNanos) {
            this.work = work;
            this.sinceNanos = sinceNanos;
            this.waiting =
                    work.waitedFor()
                            ? 1
                            : 0; // asked once: it may change, and what was added must be taken off
        }
    }

    private final String pool;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Integer, Deque<Entry>> lines = new TreeMap<>(Comparator.reverseOrder());

    /** The one that came last is woken first: its worker is the warmest, and the others may grow idle. */
    private final Deque<Taker> idle = new ArrayDeque<>();

    /** Those that may come again when they have nothing now. */
    private final Set<Work> lasting = new LinkedHashSet<>();

    private int size;
    private int waitedFor;
    private int inHand;
    private @Nullable Refusal refusal;
    private @Nullable Failure closed;

    FairQueue(String pool) {
        this.pool = pool;
    }

    /**
     * @throws Refused {@link QueueFull} if {@code limit} works that somebody waits for are in the queue and have not begun
     */
    void offer(Work work, int limit) {
        Taker woken;
        lock.lock();
        try {
            if (refusal != null) {
                throw new Refused(refusal);
            }
            var entry = new Entry(work, System.nanoTime());
            if (entry.waiting > 0 && waitedFor >= limit) {
                throw new Refused(new QueueFull(pool, limit, RETRY_AFTER));
            }
            waitedFor += entry.waiting;
            if (work.lasting()) {
                lasting.add(work);
            }
            add(entry);
            woken = idle.poll();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /**
     * Takes a work in that was promised to be run: also when nothing new is taken any more, and without a limit.
     *
     * @throws Refused if all has been dropped
     */
    void admit(Work work) {
        Taker woken;
        lock.lock();
        try {
            if (closed != null) {
                throw new Refused(closed);
            }
            if (work.lasting()) {
                lasting.add(work);
            }
            add(new Entry(work, System.nanoTime()));
            woken = idle.poll();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /** Takes a work in though nothing new is taken any more: it is not new, and it is not counted. Not one that may come again and has been {@link #remove removed}. */
    void again(Work work) {
        Taker woken = null;
        Failure why;
        lock.lock();
        try {
            why = closed;
            if (why == null && (!work.lasting() || lasting.contains(work))) {
                var entry = new Entry(work, System.nanoTime());
                entry.begun = true; // who waits for it was counted when it came first
                add(entry);
                woken = idle.poll();
            }
        } finally {
            lock.unlock();
        }
        if (why != null) {
            work.drop(why);
        }
        wake(woken);
    }

    private void add(Entry entry) {
        lines.computeIfAbsent(entry.work.priority(), _ -> new ArrayDeque<>()).add(entry);
        size++;
    }

    /**
     * The next call, or null; then {@code taker} is woken when there may be one, until it {@link #leave leaves}.
     *
     * @param processes of the pool
     */
    @Nullable Call poll(Taker taker, int processes) {
        while (true) {
            var entry = take(taker);
            if (entry == null) {
                return null;
            }
            Work.@Nullable Taken taken = null;
            try {
                taken = entry.work.next(processes);
            } finally {
                putBack(entry, taken != null && taken.more());
            }
            if (taken != null) {
                return taken.call();
            }
        }
    }

    private @Nullable Entry take(Taker taker) {
        lock.lock();
        try {
            idle.remove(taker);
            var line = lines.firstEntry();
            if (line == null) {
                idle.push(taker);
                return null;
            }
            var entry = line.getValue().remove();
            if (line.getValue().isEmpty()) {
                lines.remove(line.getKey());
            }
            size--;
            inHand++;
            if (!entry.begun) {
                entry.begun = true;
                waitedFor -= entry.waiting;
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private void putBack(Entry entry, boolean more) {
        Taker woken = null;
        Failure why;
        lock.lock();
        try {
            inHand--;
            why = closed;
            if (more && why == null) {
                add(entry);
                woken = idle.poll();
            }
        } finally {
            lock.unlock();
        }
        if (more && why != null) {
            entry.work.drop(why);
        }
        wake(woken);
    }

    /**
     * For a taker that could not take a call yet: registers it to be woken for one.
     *
     * @return false if there is one already
     */
    boolean waitFor(Taker taker) {
        lock.lock();
        try {
            idle.remove(taker);
            if (size > 0) {
                return false;
            }
            idle.push(taker);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The taker takes no more for now. If it had been woken for a call, another is. */
    void leave(Taker taker) {
        Taker woken;
        lock.lock();
        try {
            idle.remove(taker);
            woken = size > 0 ? idle.poll() : null;
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    private static void wake(@Nullable Taker taker) {
        if (taker != null) {
            taker.wake();
        }
    }

    /** Takes a work out that is not wanted any more, if it is in the queue. */
    void remove(Work work) {
        lock.lock();
        try {
            lasting.remove(work);
            var line = lines.get(work.priority());
            if (line == null) {
                return;
            }
            for (var entries = line.iterator(); entries.hasNext(); ) {
                var entry = entries.next();
                if (entry.work.equals(work)) {
                    entries.remove();
                    size--;
                    waitedFor -= entry.begun ? 0 : entry.waiting;
                    break;
                }
            }
            if (line.isEmpty()) {
                lines.remove(work.priority());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing new is taken from now on: what is drained then stays so. */
    void refuse(Refusal why) {
        lock.lock();
        try {
            refusal = why;
        } finally {
            lock.unlock();
        }
    }

    /** Drops everything, also what is put back later. To be {@link #refuse refusing} before. */
    void close(Failure why) {
        Set<Work> dropped;
        lock.lock();
        try {
            closed = why;
            dropped = new LinkedHashSet<>(lasting);
            lines.values().forEach(line -> line.forEach(entry -> dropped.add(entry.work)));
            lasting.clear();
            lines.clear();
            size = 0;
            waitedFor = 0;
        } finally {
            lock.unlock();
        }
        dropped.forEach(work -> work.drop(why));
    }

    /** Whether no call is left to hand out, nor will be. */
    boolean drained() {
        lock.lock();
        try {
            return size == 0 && inHand == 0 && lasting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Works with calls that wait. */
    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** Works with calls that wait, of the priorities from {@code lowest} to {@code highest}. */
    int size(int lowest, int highest) {
        lock.lock();
        try {
            return lines.subMap(highest, true, lowest, true).values().stream()
                    .mapToInt(Deque::size)
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Works that somebody waits for and that have not begun: what the queue's limit is about. */
    int waitedFor() {
        lock.lock();
        try {
            return waitedFor;
        } finally {
            lock.unlock();
        }
    }

    /** How long the oldest work that has not begun has waited; zero if there is none. */
    Duration oldest() {
        lock.lock();
        try {
            long now = System.nanoTime();
            return Duration.ofNanos(
                    lines.values().stream()
                            .flatMap(Deque::stream)
                            .filter(entry -> !entry.begun)
                            .mapToLong(entry -> now - entry.sinceNanos)
                            .max()
                            .orElse(0));
        } finally {
            lock.unlock();
        }
    }
}
