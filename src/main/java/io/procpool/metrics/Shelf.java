package io.procpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one owner, a pool or a function of it: they go when it goes.
 *
 * <p>Threads: any. {@code lock} guards the set, so that what is late finds the shelf closed: it then counts nowhere, and does not
 * come back under the name of the next owner.
 */
final class Shelf implements AutoCloseable {
    private final MeterRegistry registry;
    private final MeterRegistry nowhere = new CompositeMeterRegistry();
    private final Tags tags;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Set<Meter> meters = new HashSet<>();
    private final Queue<Supplier<Number>> figures = new ConcurrentLinkedQueue<>();

    Shelf(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /** An empty one for a part of the owner, with its labels and some more. Who makes it closes it. */
    Shelf part(String... labels) {
        return new Shelf(registry, tags.and(labels));
    }

    /** @param labels name, value, name, … */
    Counter counter(Name name, String... labels) {
        return put(
                Counter.builder(name.dotted()).description(name.help()).tags(tags.and(labels))
                        ::register);
    }

    /** Of something that counts by itself, and never falls. */
    void counter(Name name, Supplier<Number> figure) {
        figures.add(figure); // the registry holds it weakly, and the counter would stand still
        put(
                FunctionCounter.builder(name.dotted(), figure, it -> it.get().doubleValue())
                                .description(name.help())
                                .baseUnit(name.unit())
                                .tags(tags)
                        ::register);
    }

    void gauge(Name name, Supplier<Number> figure, String... labels) {
        put(
                Gauge.builder(name.dotted(), figure)
                                .description(name.help())
                                .baseUnit(name.unit())
                                .tags(tags.and(labels))
                                .strongReference(true)
                        ::register);
    }

    /** A histogram of seconds. */
    Timer timer(Name name, String... labels) {
        return put(
                Timer.builder(name.dotted())
                                .description(name.help())
                                .tags(tags.and(labels))
                                .serviceLevelObjectives(Buckets.durations())
                        ::register);
    }

    DistributionSummary histogram(Name name, double[] buckets, String... labels) {
        return put(
                DistributionSummary.builder(name.dotted())
                                .description(name.help())
                                .baseUnit(name.unit())
                                .tags(tags.and(labels))
                                .serviceLevelObjectives(buckets)
                        ::register);
    }

    private <M extends Meter> M put(Function<MeterRegistry, M> register) {
        lock.lock();
        try {
            if (meters == null) {
                return register.apply(nowhere);
            }
            var meter = register.apply(registry);
            meters.add(meter);
            return meter;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (meters != null) {
                meters.forEach(registry::remove);
            }
            meters = null;
        } finally {
            lock.unlock();
        }
    }
}
