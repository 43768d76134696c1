package io.procpool.metrics;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The functions of a pool that have figures of their own: at most two hundred, all that its catalogue knows. The others are one,
 * {@code _other}: a label is a series for as long as its pool lives, and names come from clients.
 *
 * <p>Threads: any. {@code lock} is held while a function gets its figures, so that there are never more.
 */
final class Functions {
    static final String OTHER = "_other";
    static final int MOST = 200;

    /** Names that the catalogue has lost give their places back, but nobody looks for them at each task. */
    private static final long SWEEP_AGAIN = Duration.ofSeconds(10).toNanos();

    private final Predicate<String> catalogue;
    private final Shelf shelf;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, FunctionMeters> named = new ConcurrentHashMap<>();
    private final FunctionMeters other;
    private volatile long sweepNanos;

    /** @param catalogue whether it has a function of that name now */
    Functions(Predicate<String> catalogue, Shelf shelf, LongSupplier nanos) {
        this.catalogue = catalogue;
        this.shelf = shelf;
        this.nanos = nanos;
        this.other = figures(OTHER);
        this.sweepNanos = nanos.getAsLong();
    }

    private FunctionMeters figures(String name) {
        return new FunctionMeters(shelf.part("function", name));
    }

    FunctionMeters of(String name) {
        var known = named.get(name);
        if (known != null) {
            return known;
        }
        boolean full = named.size() >= MOST && nanos.getAsLong() - sweepNanos < 0;
        return full || !catalogue.test(name) ? other : admit(name);
    }

    private FunctionMeters admit(String name) {
        lock.lock();
        try {
            if (named.size() >= MOST && !named.containsKey(name)) {
                sweep();
            }
            return named.size() < MOST || named.containsKey(name)
                    ? named.computeIfAbsent(name, this::figures)
                    : other;
        } finally {
            lock.unlock();
        }
    }

    private void sweep() {
        sweepNanos = nanos.getAsLong() + SWEEP_AGAIN;
        named.entrySet()
                .removeIf(
                        function -> {
                            var gone = !catalogue.test(function.getKey());
                            if (gone) {
                                function.getValue().close();
                            }
                            return gone;
                        });
    }

    void close() {
        lock.lock();
        try {
            named.values().forEach(FunctionMeters::close);
            other.close();
        } finally {
            lock.unlock();
        }
    }
}
