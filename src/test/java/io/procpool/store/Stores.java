package io.procpool.store;

import io.procpool.job.JobStore;
import io.procpool.payload.InFlight;
import io.procpool.payload.LimitSettings;
import io.procpool.pool.PoolStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.unit.DataSize;

/** Stores for tests of any room, in a folder of theirs. */
public final class Stores {
    static final DataSize LARGE = DataSize.ofGigabytes(10);
    static final Duration DAY = Duration.ofHours(24);

    private Stores() {}

    public static Opened open(Path home) throws IOException {
        return open(home, Clock.systemUTC(), LARGE, DAY);
    }

    static Opened open(Path home, Clock clock, DataSize limit, Duration ttl) throws IOException {
        var failed = new CountDownLatch(1);
        var settings = new StoreSettings(home, new StoreSettings.Store("", limit, ttl));
        var store = new Store(settings, clock, failed::countDown);
        return new Opened(
                store,
                new SqliteJobStore(store, clock, memory()),
                new SqlitePoolStore(store),
                failed);
    }

    private static InFlight memory() {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(
                    LimitSettings.class,
                    () ->
                            new LimitSettings(
                                    DataSize.ofMegabytes(64), 500, DataSize.ofKilobytes(64), 0.25));
            context.register(InFlight.class);
            context.refresh();
            return context.getBean(InFlight.class);
        }
    }

    /** One that is open. */
    public static final class Opened implements AutoCloseable {
        final Store store;
        final CountDownLatch failed;
        private final JobStore jobs;
        private final PoolStore pools;

        private Opened(Store store, JobStore jobs, PoolStore pools, CountDownLatch failed) {
            this.store = store;
            this.jobs = jobs;
            this.pools = pools;
            this.failed = failed;
        }

        public JobStore jobs() {
            return jobs;
        }

        public PoolStore pools() {
            return pools;
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
