package io.procpool.store;

import io.procpool.job.JobStore.Holdings;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is kept at the moment: counted, but not more than about once a second. {@code lock} guards the last count, and is held over the next. */
final class Stock {
    private static final long FRESH_NANOS = 500_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Store store;
    private final Reading reading;
    private @Nullable Count last;

    private record Count(long at, Map<String, Long> states, long quarantined) {}

    Stock(Store store, Reading reading) {
        this.store = store;
        this.reading = reading;
    }

    Holdings now() {
        var count = count();
        return new Holdings(
                count.states(),
                store.database().bytes(),
                store.limit(),
                store.retention().expired(),
                count.quarantined());
    }

    private Count count() {
        lock.lock();
        try {
            var known = last;
            if (known != null && System.nanoTime() - known.at() < FRESH_NANOS) {
                return known;
            }
            var fresh = new Count(System.nanoTime(), reading.states(), reading.quarantined());
            last = fresh;
            return fresh;
        } finally {
            lock.unlock();
        }
    }
}
