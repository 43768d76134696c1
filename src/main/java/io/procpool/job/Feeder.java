package io.procpool.job;

import io.procpool.job.JobStore.Batch;
import io.procpool.job.JobStore.Claimed;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings accepted jobs that wait in the store into memory, some at a time, so that memory is bounded whatever their number.
 *
 * <p>Threads: any tells {@link Lines} what has happened; the feeder's own, {@code job-feeder}, asks the store and hands out what it gets.
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
    private final Lines lines;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("job-feeder").unstarted(this::run);

    /** Of its own thread. */
    private long lapsedNanos = System.nanoTime() - ROUND.toNanos();

    Feeder(JobStore store, Workers workers, Taker taker, Clock clock) {
        this.store = store;
        this.workers = workers;
        this.taker = taker;
        this.clock = clock;
        this.lines = new Lines(clock);
    }

    void start() {
        store.pools().forEach(pool -> lines.arrived(pool, Submission.HIGHEST_PRIORITY));
        thread.start();
    }

    Lines lines() {
        return lines;
    }

    /** One that was {@link Lines#expect expected} is in memory or waits in the store, or was refused. */
    void come(String pool) {
        if (lines.come(pool)) {
            workers.drained(pool);
        }
    }

    // --- its own thread

    private void run() {
        try {
            while (lines.await(ROUND)) {
                round();
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        long now = System.nanoTime();
        if (now - lapsedNanos >= ROUND.toNanos()) { // not with each job that comes or goes
            lapsedNanos = now;
            attempt(() -> taker.lapse(clock.instant()));
        }
        for (var pool : lines.pools()) {
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

    private void feed(String pool) {
        switch (workers.fate(pool)) {
            case RUN -> fetch(pool);
            case WAIT -> {}
            case END -> taker.drop(pool);
        }
    }

    private void fetch(String pool) {
        long bytes = taker.room();
        var places = lines.reserve(pool, bytes > 0);
        if (places.count() > 0) {
            fetch(pool, places, bytes);
        }
    }

    private void fetch(String pool, Lines.Places places, long bytes) {
        int claimed = 0;
        Batch batch;
        try {
            batch = store.claim(pool, clock.instant(), bytes <= 0 ? 1 : places.count(), bytes);
            claimed = batch.jobs().size();
        } finally {
            lines.free(pool, places.count() - claimed);
        }
        batch.jobs().forEach(job -> attempt(() -> taker.take(job)));
        if (batch.more()) {
            lines.look();
        } else {
            known(pool, places.arrivals(), batch.nextDue());
        }
    }

    /** Comes when what was claimed is in the pool's queue: until then it waits for the pool, and a closed one that is told of nothing ends. */
    private void known(String pool, long before, @Nullable Instant due) {
        if (lines.fetched(pool, before, due)) {
            workers.drained(pool);
        }
    }

    /**
     * Nothing waits for the pool: what did was ended.
     *
     * @param before the {@link Lines#arrivals} before that
     */
    void dropped(String pool, long before) {
        known(pool, before, null);
    }

    /** Returns when its thread has ended. */
    @Override
    public void close() {
        lines.stop();
        try {
            if (thread.isAlive()) {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
