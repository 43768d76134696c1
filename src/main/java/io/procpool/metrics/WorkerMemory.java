package io.procpool.metrics;

import io.procpool.pool.Pool;
import io.procpool.runtime.ProcessMemory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What the workers of a pool take. All gauges of a scrape share one reading: for each worker the kernel walks its pages, which takes
 * 50 µs and more. Readings take a twentieth of the time at most.
 *
 * <p>Threads: any. Two that scrape at the same moment may both read; the later reading stays.
 */
final class WorkerMemory {
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int SHARE = 20;

    private record Reading(List<ProcessMemory.Use> uses, long until) {}

    private final Pool pool;
    private volatile Reading last = new Reading(List.of(), System.nanoTime());

    WorkerMemory(Pool pool) {
        this.pool = pool;
    }

    void show(Shelf shelf) {
        show(shelf, Name.WORKER_RSS, ProcessMemory.Use::rss);
        show(shelf, Name.WORKER_PSS, ProcessMemory.Use::pss);
        show(shelf, Name.WORKER_PRIVATE, ProcessMemory.Use::own);
    }

    private void show(Shelf shelf, Name name, ToLongFunction<ProcessMemory.Use> figure) {
        shelf.gauge(name, () -> uses().stream().mapToLong(figure).sum(), "stat", "sum");
        shelf.gauge(name, () -> uses().stream().mapToLong(figure).max().orElse(0), "stat", "max");
    }

    private List<ProcessMemory.Use> uses() {
        var reading = last;
        long begun = System.nanoTime();
        if (begun - reading.until() < 0) {
            return reading.uses();
        }
        var uses = pool.pids().stream().map(ProcessMemory::use).flatMap(Optional::stream).toList();
        long took = System.nanoTime() - begun;
        last = new Reading(uses, begun + Math.max(FRESH_NANOS, SHARE * took));
        return uses;
    }
}
