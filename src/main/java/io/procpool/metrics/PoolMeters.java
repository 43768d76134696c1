package io.procpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.procpool.pool.ExitReason;
import io.procpool.pool.Outcome;
import io.procpool.pool.Pool;
import io.procpool.pool.PoolListener;
import io.procpool.pool.PoolState;
import io.procpool.pool.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * All meters of pools. No id, pid or host is ever a label: each would be a new series for ever. The function label is bounded:
 * what comes after the first two hundred functions counts as {@code _other}.
 */
@Component
final class PoolMeters implements PoolListener {
    private static final int MOST_FUNCTIONS = 200;
    private static final String OTHER = "_other";
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private record Task(String pool, String func, String outcome) {}

    private record Wait(String pool, String func) {}

    private record Exit(String pool, ExitReason reason) {}

    private final MeterRegistry registry;
    private final Set<String> functions = ConcurrentHashMap.newKeySet();
    private final Map<Task, Timer> runs = new ConcurrentHashMap<>();
    private final Map<Wait, Timer> waits = new ConcurrentHashMap<>();
    private final Map<Exit, Counter> exits = new ConcurrentHashMap<>();
    private final Map<String, Timer> starts = new ConcurrentHashMap<>();
    private final Map<String, Counter> failedStarts = new ConcurrentHashMap<>();
    private final Map<String, List<Meter>> gauges = new ConcurrentHashMap<>();

    PoolMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void opened(Pool pool) {
        forgotten(pool); // a pool that is made anew has the name of the old one
        var meters = new ArrayList<Meter>();
        for (var state : WorkerState.values()) {
            meters.add(
                    gauge(
                            "procpool.workers",
                            "Workers by state",
                            pool,
                            "state",
                            state.label(),
                            watched -> watched.countWorkers(state)));
        }
        for (var state : PoolState.values()) {
            meters.add(
                    gauge(
                            "procpool.pool.state",
                            "1 for the state that the pool is in",
                            pool,
                            "state",
                            state.name(),
                            watched -> watched.state() == state ? 1 : 0));
        }
        meters.add(
                gauge(
                        "procpool.pool.degraded",
                        "1 if no worker could be started at the last try",
                        pool,
                        null,
                        "",
                        watched -> watched.health() instanceof Pool.Health.Degraded ? 1 : 0));
        meters.add(
                gauge(
                        "procpool.workers.configured",
                        "The processes that the pool is to have",
                        pool,
                        null,
                        "",
                        watched -> watched.spec().processes()));
        meters.add(
                gauge(
                        "procpool.queue.jobs",
                        "Jobs with tasks that wait for a worker",
                        pool,
                        null,
                        "",
                        Pool::queued));
        meters.add(
                gauge(
                        "procpool.queue.oldest.age.seconds",
                        "How long the oldest job that has not begun has waited",
                        pool,
                        null,
                        "",
                        watched -> watched.oldestQueued().toNanos() / 1e9));
        gauges.put(pool.name(), meters);
        for (var reason : ExitReason.values()) {
            exit(
                    pool.name(),
                    reason); // at zero from the start, so that a rate works from the first event
        }
        start(pool.name());
        failedStart(pool.name());
    }

    private Meter gauge(
            String name,
            String help,
            Pool pool,
            @Nullable String label,
            String value,
            ToDoubleFunction<Pool> figure) {
        var tags = Tags.of("pool", pool.name());
        return Gauge.builder(name, pool, figure)
                .description(help)
                .tags(label == null ? tags : tags.and(Tag.of(label, value)))
                .strongReference(true)
                .register(registry);
    }

    /** Its meters go with it, and what its last workers do is not counted any more. */
    @Override
    public void forgotten(Pool pool) {
        var name = pool.name();
        gauges.computeIfPresent(
                name,
                (_, meters) -> {
                    meters.forEach(registry::remove);
                    return null;
                });
        removeAll(runs, key -> key.pool().equals(name));
        removeAll(waits, key -> key.pool().equals(name));
        removeAll(exits, key -> key.pool().equals(name));
        removeAll(starts, name::equals);
        removeAll(failedStarts, name::equals);
    }

    private <K, M extends Meter> void removeAll(Map<K, M> meters, Predicate<K> which) {
        meters.entrySet()
                .removeIf(
                        meter -> {
                            var gone = which.test(meter.getKey());
                            if (gone) {
                                registry.remove(meter.getValue());
                            }
                            return gone;
                        });
    }

    private boolean counts(String pool) {
        return gauges.containsKey(pool);
    }

    @Override
    public void taskStarted(String pool, String func, Duration waited) {
        if (counts(pool)) {
            waits.computeIfAbsent(new Wait(pool, bounded(func)), this::wait).record(waited);
        }
    }

    @Override
    public void taskEnded(String pool, String func, Outcome outcome, Duration ran) {
        if (counts(pool)) {
            var key = new Task(pool, bounded(func), outcome.label());
            runs.computeIfAbsent(key, this::run).record(ran);
        }
    }

    @Override
    public void workerStarted(String pool, Duration took) {
        if (counts(pool)) {
            start(pool).record(took);
        }
    }

    @Override
    public void workerStartFailed(String pool) {
        if (counts(pool)) {
            failedStart(pool).increment();
        }
    }

    @Override
    public void workerExited(String pool, ExitReason reason, int served, Duration age) {
        if (counts(pool)) {
            exit(pool, reason).increment();
        }
    }

    private String bounded(String func) {
        if (functions.contains(func)) {
            return func;
        }
        return functions.size() < MOST_FUNCTIONS && functions.add(func) ? func : OTHER;
    }

    private Timer wait(Wait key) {
        return histogram(
                        "procpool.task.queue.wait",
                        "From the acceptance of a job to the begin of a task")
                .tags("pool", key.pool(), "function", key.func())
                .register(registry);
    }

    private Timer run(Task key) {
        return histogram(
                        "procpool.task.execution",
                        "From the begin of a task to its outcome; its count is the tasks finished")
                .tags("pool", key.pool(), "function", key.func(), "outcome", key.outcome())
                .register(registry);
    }

    private Timer start(String pool) {
        return starts.computeIfAbsent(
                pool,
                name ->
                        histogram(
                                        "procpool.worker.start",
                                        "From the wish for a worker until it can serve")
                                .tags("pool", name)
                                .register(registry));
    }

    private static Timer.Builder histogram(String name, String help) {
        return Timer.builder(name)
                .description(help)
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST);
    }

    private Counter failedStart(String pool) {
        return failedStarts.computeIfAbsent(
                pool,
                name ->
                        Counter.builder("procpool.worker.start.failures")
                                .description("Starts of workers that failed")
                                .tags("pool", name)
                                .register(registry));
    }

    private Counter exit(String pool, ExitReason reason) {
        return exits.computeIfAbsent(
                new Exit(pool, reason),
                key ->
                        Counter.builder("procpool.worker.exits")
                                .description("Workers that ended, by the reason")
                                .tags("pool", key.pool(), "reason", key.reason().label())
                                .register(registry));
    }
}
