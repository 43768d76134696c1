package io.procpool.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who knows of each pool how many of its accepted jobs are in memory, and whether others wait in the store.
 *
 * <p>Threads: any says what has happened; the feeder waits until there is something to fetch. {@code lock} guards all.
 */
final class Lines {
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Line> lines = new HashMap<>();
    private boolean news;
    private boolean stopped;

    Lines(Clock clock) {
        this.clock = clock;
    }

    /** A new job is there: whether it is to be claimed at once, which makes it one of those in memory. If not, it is to be {@link #arrived} when it is stored. */
    boolean enter(String pool, int priority) {
        return ask(pool, line -> !stopped && line.enter(priority));
    }

    /** One is about to be accepted, if its pool is open: until it has {@link #come} a pool that is closed stays open for it. */
    void expect(String pool) {
        with(pool, Line::expect);
    }

    /** It is in memory or waits in the store, or was refused. Returns whether nothing waits for the pool any more. */
    boolean come(String pool) {
        return ask(pool, Line::come);
    }

    /** One that is in memory already is accepted. */
    void join(String pool) {
        with(pool, Line::join);
    }

    /** One of those in memory is no more. */
    void leave(String pool) {
        with(
                pool,
                line -> {
                    line.leave();
                    tell(line.room(clock.instant()) > 0);
                });
    }

    /** One of those in memory pauses. Returns whether another has its place until it {@link #wake wakes}. */
    boolean rest(String pool) {
        return ask(
                pool,
                line -> {
                    boolean room = line.rest();
                    tell(line.room(clock.instant()) > 0);
                    return room;
                });
    }

    void wake(String pool) {
        with(pool, Line::wake);
    }

    /** What waits in the store has changed. */
    void changed(String pool) {
        arrived(pool, Submission.LOWEST_PRIORITY);
    }

    /** One waits in the store. */
    void arrived(String pool, int priority) {
        with(
                pool,
                line -> {
                    line.arrived(priority);
                    tell(line.room(clock.instant()) > 0);
                });
    }

    /** How many have come to wait in the store so far: for {@link #fetched}. */
    long arrivals(String pool) {
        lock.lock();
        try {
            var line = lines.get(pool);
            return line == null ? 0 : line.arrivals();
        } finally {
            lock.unlock();
        }
    }

    /** Whether something is there for the pool outside of its queue, or about to be. */
    boolean waiting(String pool) {
        return ask(pool, line -> !stopped && line.isWanted());
    }

    /** Something has changed by which it may be able to go on. */
    void look() {
        lock.lock();
        try {
            tell(true);
        } finally {
            lock.unlock();
        }
    }

    private boolean ask(String pool, Predicate<Line> question) {
        lock.lock();
        try {
            return question.test(lines.computeIfAbsent(pool, _ -> new Line()));
        } finally {
            lock.unlock();
        }
    }

    private void with(String pool, Consumer<Line> step) {
        lock.lock();
        try {
            step.accept(lines.computeIfAbsent(pool, _ -> new Line()));
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void tell(boolean something) {
        if (something) {
            news = true;
            changed.signalAll();
        }
    }

    // --- the feeder's side

    /** Waits until there is news, a job is due, or so long has passed. Returns false when it is stopped. */
    boolean await(Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = patience(longest).toNanos();
            while (!news && !stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            news = false;
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private Duration patience(Duration longest) {
        var now = clock.instant();
        var patience = longest;
        for (var line : lines.values()) {
            var due = line.nextDue();
            if (due != null && due.isAfter(now) && due.isBefore(now.plus(patience))) {
                patience = Duration.between(now, due);
            }
        }
        return patience;
    }

    /** The pools for which something waits in the store. */
    List<String> pools() {
        lock.lock();
        try {
            return lines.entrySet().stream()
                    .filter(entry -> entry.getValue().isWaiting())
                    .map(Map.Entry::getKey)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Places for what is fetched now, which nobody else takes, and the {@link #arrivals} before that. */
    record Places(int count, long arrivals) {}

    /** @param room whether there is memory for more than one that has to go on */
    Places reserve(String pool, boolean room) {
        lock.lock();
        try {
            var line = lines.get(pool);
            if (line == null || stopped || (!room && !line.isEmpty())) {
                return new Places(0, 0);
            }
            int places = line.room(clock.instant());
            line.reserve(places);
            return new Places(places, line.arrivals());
        } finally {
            lock.unlock();
        }
    }

    /** So many of the reserved places are not needed. */
    void free(String pool, int places) {
        with(pool, line -> line.free(places));
    }

    /** The store was asked, and has no more that can be claimed now. Returns whether nothing waits for the pool any more. */
    boolean fetched(String pool, long before, @Nullable Instant due) {
        return ask(
                pool,
                line -> {
                    boolean none = line.fetched(before, due);
                    tell(line.room(clock.instant()) > 0); // others have come meanwhile
                    return none;
                });
    }

    /** Nothing more is fetched, and nothing new goes past the store. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
