package io.procpool.store;

import io.procpool.job.StoreCondition.State;
import io.procpool.problem.Refused;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops what has been kept long enough, in small steps between the writes of others, and gives its room back. Its thread is {@code store-keeper}; a sweep may also be asked for by
 * others, one at a time.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final long PERIOD_MILLIS = 2_000;
    private static final int JOBS = 100;
    private static final Duration KEYS = Duration.ofHours(24);
    private static final Duration TOMBSTONES = Duration.ofDays(7);
    private static final int FREE_PAGES = 32;
    private static final int PAGES_A_STEP = 1_000;
    private static final long PAGE = 4_096;

    /** What the deletion of many rows writes, about. */
    private static final long MANY = 1 << 20;

    private final Database database;
    private final Clock clock;
    private final Duration ttl;
    private final AtomicLong expired = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("store-keeper").daemon().unstarted(this::run);

    Retention(Database database, Clock clock, Duration ttl) {
        this.database = database;
        this.clock = clock;
        this.ttl = ttl;
    }

    void start() {
        thread.start();
    }

    /** Results that were dropped because their time was over. */
    long expired() {
        return expired.get();
    }

    private void run() {
        try {
            while (!closing.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                sweepOnce();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweepOnce() {
        try {
            sweep();
        } catch (Refused _) {
            // the store is closed, or has failed: others have said so
        } catch (RuntimeException
                | Error failure) { // an Error too: without its thread nothing would be dropped
            LOG.warn("Old results could not be dropped; it is tried again.", failure);
        }
    }

    void sweep() {
        var now = clock.instant();
        while (dropResults(now) == JOBS && isOpen()) {}
        while (database.<Integer>change(tx -> Keys.deleteOld(tx, now.minus(KEYS))) > 0
                && isOpen()) {}
        while (database.<Integer>change(tx -> dropTombstones(tx, now)) > 0 && isOpen()) {}
        while (database.<Integer>change(Retention::dropLeftovers, MANY) > 0 && isOpen()) {}
        database.values().deleteDiscarded();
        giveBack();
    }

    private boolean isOpen() {
        return closing.getCount() > 0;
    }

    private int dropResults(Instant now) {
        int dropped = database.<Integer>change(transaction -> dropResults(transaction, now), MANY);
        expired.addAndGet(dropped);
        return dropped;
    }

    private int dropResults(Transaction transaction, Instant now) throws SQLException {
        var old =
                transaction
                        .of(
                                "SELECT "
                                        + StoredJob.LISTED
                                        + StoredJob.FROM
                                        + "WHERE j.finished IS NOT NULL AND j.finished < ? ORDER BY j.finished LIMIT ?")
                        .with(Times.nanos(now.minus(ttl)))
                        .with(JOBS)
                        .all(StoredJob::withoutValue);
        for (var job : old) {
            Removal.drop(transaction, job);
            Removal.bury(transaction, job.record().id(), now, false);
        }
        return old.size();
    }

    private static int dropTombstones(Transaction transaction, Instant now) throws SQLException {
        return transaction
                .of(
                        """
                        DELETE FROM tombstone WHERE id IN (
                            SELECT id FROM tombstone WHERE at < ? ORDER BY at LIMIT 1000)
                        """)
                .with(Times.nanos(now.minus(TOMBSTONES)))
                .run();
    }

    /** Returns how many tasks. */
    private static int dropLeftovers(Transaction transaction) throws SQLException {
        List<Long> jobs =
                transaction.of("SELECT job FROM leftover ORDER BY job LIMIT 1").all(Row::number);
        int dropped = 0;
        for (long job : jobs) {
            dropped += Removal.dropSomeTasks(transaction, job);
            if (dropped < Removal.MOST_TASKS) {
                transaction.of("DELETE FROM leftover WHERE job = ?").with(job).run();
            }
        }
        return jobs.isEmpty() ? 0 : Math.max(1, dropped);
    }

    /** The pages that are free go back to the file system. */
    private void giveBack() {
        boolean some = false;
        // It takes some room to begin with.
        while (database.condition().state() != State.FULL && freePages() > FREE_PAGES && isOpen()) {
            some = true;
            database.<Boolean>change(
                    transaction -> {
                        transaction
                                .sql()
                                .runWhole("PRAGMA incremental_vacuum(" + PAGES_A_STEP + ")");
                        return true;
                    },
                    PAGES_A_STEP * PAGE);
        }
        if (some) {
            database.shrinkLog();
        }
    }

    private long freePages() {
        return database.<Long>read(
                sql -> sql.of("PRAGMA freelist_count").first(Row::number).orElse(0L));
    }

    /** Returns when no sweep is going on. */
    void close() throws InterruptedException {
        closing.countDown();
        thread.join();
    }
}
