package io.procpool.job;

import io.procpool.job.JobStore.Batch;
import io.procpool.job.JobStore.Claimed;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings accepted jobs that wait in the store into memory, some at a time, so that memory is bounded whatever their number.
 *
 * <p>Threads: any tells it what has happened; its own thread, {@code job-feeder}, asks the store and hands out what it gets. {@code lock} guards the lines and is not held
 * over either.
 */
final class Feeder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feeder.class);
    private static final Duration ROUND = Duration.ofSeconds(1);

    /** Who takes the jobs. */
    interface Taker {
        /** Bytes of bodies that there is memory for. */
        long room();

        void take(Claimed claimed);

        /** Ends those whose time is over. */
        void lapse(Instant now);

        /** Ends those of a pool that is no more. */
        void drop(String pool);
    }

    private final JobStore store;
    private final Workers workers;
    private final Taker taker;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Line> lines = new HashMap<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("job-feeder").unstarted(this::run);
    private boolean news;
    private boolean stopped;

    /** Of its own thread. */
    private long lapsedNanos = System.nanoTime() - ROUND.toNanos();

    Feeder(JobStore store, Workers workers, Taker taker, Clock clock) {
        this.store = store;
        this.workers = workers;
        this.taker = taker;
        this.clock = clock;
    }

    void start() {
        store.pools().forEach(pool -> arrived(pool, Submission.HIGHEST_PRIORITY));
        thread.start();
    }

    /** A new job is there: whether it is to be claimed at once, which makes it one of those in memory. If not, it is to be {@link #arrived} when it is stored. */
    boolean enter(String pool, int priority) {
        return ask(pool, line -> !stopped && line.enter(priority));
    }

    /** One is about to be accepted, if its pool is open: until it has {@link #come} a pool that is closed stays open for it. */
    void expect(String pool) {
        with(pool, Line::expect);
    }

    /** It is in memory or waits in the store, or was refused. */
    void come(String pool) {
        if (ask(pool, Line::come)) {
            workers.drained(pool);
        }
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

    /** How many have come to wait in the store so far: for {@link #dropped}. */
    long arrivals(String pool) {
        lock.lock();
        try {
            var line = lines.get(pool);
            return line == null ? 0 : line.arrivals();
        } finally {
            lock.unlock();
        }
    }

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

    // --- its own thread

    private void run() {
        try {
            while (await()) {
                round();
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until there is news, a job is due, or a round has passed. Returns false when it is stopped. */
    private boolean await() throws InterruptedException {
        lock.lock();
        try {
            long left = patience().toNanos();
            while (!news && !stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            news = false;
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private Duration patience() {
        var now = clock.instant();
        var patience = ROUND;
        for (var line : lines.values()) {
            var due = line.nextDue();
            if (due != null && due.isAfter(now) && due.isBefore(now.plus(patience))) {
                patience = Duration.between(now, due);
            }
        }
        return patience;
    }

    private void round() {
        long now = System.nanoTime();
        if (now - lapsedNanos >= ROUND.toNanos()) { // not with each job that comes or goes
            lapsedNanos = now;
            attempt(() -> taker.lapse(clock.instant()));
        }
        for (var pool : pools()) {
            attempt(() -> feed(pool)); // what is wrong with one is not the others' business
        }
    }

    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (Refused storeFailed) {
            LOG.warn("The store does not answer: {}", storeFailed.problem());
        } catch (RuntimeException
                | Error bug) { // an Error too: without its thread nothing would be fetched any more
            LOG.error("Jobs that wait could not be fetched; it is tried again", bug);
        }
    }

    private List<String> pools() {
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

    private void feed(String pool) {
        switch (workers.fate(pool)) {
            case RUN -> fetch(pool);
            case WAIT -> {}
            case END -> taker.drop(pool);
        }
    }

    private void fetch(String pool) {
        long bytes = taker.room();
        int places;
        long before;
        lock.lock();
        try {
            var line = lines.get(pool);
            if (line == null || stopped || (bytes <= 0 && !line.isEmpty())) {
                return;
            }
            places = line.room(clock.instant());
            before = line.arrivals();
            line.reserve(
                    places); // or new ones, which don't wait for those that were not due, take them
            // meanwhile
        } finally {
            lock.unlock();
        }
        if (places > 0) {
            fetch(pool, places, bytes, before);
        }
    }

    private void fetch(String pool, int places, long bytes, long before) {
        int claimed = 0;
        Batch batch;
        try {
            batch = store.claim(pool, clock.instant(), bytes <= 0 ? 1 : places, bytes);
            claimed = batch.jobs().size();
        } finally {
            int free = places - claimed;
            with(pool, line -> line.free(free));
        }
        batch.jobs().forEach(taker::take);
        if (batch.more()) {
            look();
        } else {
            known(pool, before, batch.nextDue());
        }
    }

    /** Comes when what was claimed is in the pool's queue: until then it waits for the pool, and a closed one that is told of nothing ends. */
    private void known(String pool, long before, @Nullable Instant due) {
        boolean drained =
                ask(
                        pool,
                        line -> {
                            boolean none = line.fetched(before, due);
                            tell(line.room(clock.instant()) > 0); // others have come meanwhile
                            return none;
                        });
        if (drained) {
            workers.drained(pool);
        }
    }

    /**
     * Nothing waits for the pool: what did was ended.
     *
     * @param before the {@link #arrivals} before that
     */
    void dropped(String pool, long before) {
        known(pool, before, null);
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

    /** Returns when its thread has ended. */
    @Override
    public void close() {
        stop();
        try {
            if (thread.isAlive()) {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
