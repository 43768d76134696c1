package io.procpool.store;

import io.procpool.job.JobStore.Holdings;
import io.procpool.problem.Refusal.StoreFull;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much is kept, and that it goes when its time is over and gives its place back.
 *
 * <p>Threads: its own, {@code store-keeper}, drops what is old; any asks. {@code counting} lets one count at a time, as that takes a moment where there is much.
 */
final class Stock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Stock.class);
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    /** Less than that in the file is left for what comes next. */
    private static final long LEAST_PAGES = 2_000;

    private final Sqlite sqlite;
    private final StoreSettings.Store settings;
    private final Clock clock;
    private final AtomicLong expired = new AtomicLong();
    private final ReentrantLock counting = new ReentrantLock();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("store-keeper").unstarted(this::run);
    private @Nullable Holdings counted;
    private long countedNanos;
    private volatile long size;
    private volatile boolean stopped;

    Stock(Sqlite sqlite, StoreSettings.Store settings, Clock clock) {
        this.sqlite = sqlite;
        this.settings = settings;
        this.clock = clock;
        this.size = sqlite.size();
    }

    void start() {
        thread.start();
    }

    /** @throws Refused {@link StoreFull} */
    void requireRoom() {
        long limit = settings.maxSize().toBytes();
        if (size >= limit) {
            throw new Refused(
                    new StoreFull(
                            "The store takes "
                                    + size
                                    + " bytes, and procpool.store.max-size allows "
                                    + limit
                                    + ". Results go when their time is over; DELETE /v1/results/{id} forgets one now",
                            RETRY_AFTER));
        }
    }

    Holdings holdings() {
        counting.lock();
        try {
            var known = counted;
            if (known == null || System.nanoTime() - countedNanos > FRESH.toNanos()) {
                known = count();
                counted = known;
                countedNanos = System.nanoTime();
            }
            return known;
        } finally {
            counting.unlock();
        }
    }

    private Holdings count() {
        size = sqlite.size();
        return new Holdings(
                sqlite.readers().read(Reading::states),
                size,
                settings.maxSize().toBytes(),
                expired.get(),
                sqlite.readers().read(Reading::quarantinedTasks));
    }

    // --- its own thread

    private void run() {
        while (!stopped) {
            try {
                round();
            } catch (Refused storeFailed) {
                LOG.warn("Nothing is dropped: {}", storeFailed.problem());
            } catch (RuntimeException bug) {
                LOG.error("Old results could not be dropped; it is tried again", bug);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
            } catch (InterruptedException over) {
                return;
            }
        }
    }

    private void round() {
        size = sqlite.size();
        var now = clock.instant();
        var before = now.minus(settings.resultTtl());
        while (!stopped && isDue(before)) {
            var swept = sqlite.writeOwed(session -> Retention.drop(session, before, now));
            sqlite.values().drop(swept.files());
            expired.addAndGet(swept.count());
        }
        if (isAnyKeyOld(now)) {
            sqlite.writeOwed(
                    session -> {
                        Retention.dropKeys(session, now);
                        return true;
                    });
        }
        giveBack();
    }

    private boolean isDue(Instant before) {
        return sqlite.readers()
                .read(
                        session ->
                                session.first(
                                                "SELECT 1 AS due FROM jobs WHERE finished < ? LIMIT 1",
                                                _ -> true,
                                                before)
                                        .isPresent());
    }

    private boolean isAnyKeyOld(Instant now) {
        return sqlite.readers().read(session -> Retention.isAnyOld(session, now));
    }

    private void giveBack() {
        boolean much = sqlite.readers().read(Retention::emptyPages) > LEAST_PAGES;
        while (much && !stopped) {
            much = sqlite.writeOwed(Retention::giveBack);
        }
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
