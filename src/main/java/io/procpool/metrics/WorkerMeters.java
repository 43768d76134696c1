package io.procpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.procpool.pool.ExitReason;
import io.procpool.pool.PoolListener.Exited;
import io.procpool.pool.PoolListener.Started;
import io.procpool.pool.Run;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the workers of a pool come and go, and what they use. */
final class WorkerMeters {
    /** A fork of what is loaded already, a whole new process, one that was kept warm, or a thread of a process that is there. */
    private static final List<String> KINDS = List.of("zygote", "cold", "spare", "thread");

    private final Map<String, Counter> starts;
    private final Map<String, Timer> startTimes;
    private final Counter failedStarts;
    private final Timer inits;
    private final Counter failedInits;
    private final Map<ExitReason, Counter> exits;
    private final DistributionSummary lifetimes;
    private final DistributionSummary lifetimeTasks;
    private final DoubleAdder cpuSeconds = new DoubleAdder();
    private final Map<Long, DoubleAdder> usedByLiving = new ConcurrentHashMap<>();

    WorkerMeters(Shelf shelf) {
        starts = byKind(kind -> shelf.counter(Name.WORKER_STARTS, "kind", kind));
        startTimes = byKind(kind -> shelf.timer(Name.WORKER_START, "kind", kind));
        failedStarts = shelf.counter(Name.WORKER_START_FAILURES);
        inits = shelf.timer(Name.WORKER_INIT);
        failedInits = shelf.counter(Name.WORKER_INIT_FAILURES);
        exits =
                Stream.of(ExitReason.values())
                        .collect(
                                Collectors.toMap(
                                        Function.identity(),
                                        reason ->
                                                shelf.counter(
                                                        Name.WORKER_EXITS,
                                                        "reason",
                                                        reason.label())));
        lifetimes = shelf.histogram(Name.WORKER_LIFETIME, Buckets.lifetimes());
        lifetimeTasks = shelf.histogram(Name.WORKER_LIFETIME_TASKS, Buckets.tasks());
        shelf.counter(Name.WORKER_CPU, cpuSeconds::sum);
    }

    private static <M> Map<String, M> byKind(Function<String, M> meter) {
        return KINDS.stream().collect(Collectors.toMap(Function.identity(), meter));
    }

    void started(Started started) {
        var kind = kind(started.how());
        of(starts, kind).increment();
        of(startTimes, kind).record(started.took());
        var initializing = started.initializing();
        if (initializing != null) {
            inits.record(initializing);
        }
    }

    private static String kind(String how) {
        return switch (how) {
            case "forkserver" -> "zygote";
            case "thread" -> "thread";
            case Started.SPARE -> "spare";
            default -> "cold";
        };
    }

    private static <K, M> M of(Map<K, M> meters, K key) {
        return Objects.requireNonNull(meters.get(key));
    }

    void startFailed() {
        failedStarts.increment();
    }

    /** Of a worker that has answered, the run has the task's CPU time; of one that is gone, that of its whole life. */
    void ran(String outcome, Run run) {
        var used = usedByLiving.computeIfAbsent(run.pid(), _ -> new DoubleAdder());
        double more =
                Labels.answered(outcome)
                        ? run.cpuSeconds()
                        : Math.max(0, run.cpuSeconds() - used.sum());
        used.add(more);
        cpuSeconds.add(more);
    }

    void exited(Exited exited) {
        of(exits, exited.reason()).increment();
        if (exited.reason() == ExitReason.INIT_FAILED) {
            failedInits.increment();
        }
        lifetimes.record(exited.age().toNanos() / 1e9);
        lifetimeTasks.record(exited.served());
        usedByLiving.remove(exited.pid());
    }
}
