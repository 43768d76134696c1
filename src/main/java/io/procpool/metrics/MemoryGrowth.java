package io.procpool.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Finds the functions that leak. A worker's memory is looked at after its 1st, 2nd, 4th, 8th … task and when a second has passed,
 * each time again after the task that follows. So looks (about 5 µs) cost next to nothing a task; a worker that is soon
 * recycled is looked at too; and between two looks there are many tasks, which shows slow leaks, or a single one, which shows whose
 * they are. The first task's growth is nobody's: it is the imports and caches of a fresh worker.
 *
 * <p>Threads: any. {@code learning} guards the slopes, each worker's lock its counts; both are held for moments, never both.
 */
final class MemoryGrowth {
    private static final long LOOK_AGAIN = Duration.ofSeconds(1).toNanos();

    private final Map<Long, Watched> workers = new ConcurrentHashMap<>();
    private final ReentrantLock learning = new ReentrantLock();
    private final LongFunction<OptionalLong> memory;
    private final LongSupplier nanos;

    /**
     * @param memory of a process, in bytes
     * @param nanos the time
     */
    MemoryGrowth(LongFunction<OptionalLong> memory, LongSupplier nanos) {
        this.memory = memory;
        this.nanos = nanos;
    }

    /** What ran in one process since the last look. */
    private static final class Watched {
        final ReentrantLock lock = new ReentrantLock();
        Map<FunctionMeters, Integer> ran = new HashMap<>();
        OptionalLong bytes = OptionalLong.empty();
        long lookedNanos;
        long served;
        boolean lookedJustNow;
    }

    /** A task has ended in a process, which lives on. */
    void ran(long pid, FunctionMeters function) {
        var worker = workers.get(pid);
        if (worker == null) {
            worker = workers.computeIfAbsent(pid, _ -> new Watched());
        }
        long now = nanos.getAsLong();
        boolean due;
        worker.lock.lock();
        try {
            worker.served++;
            worker.ran.merge(function, 1, Integer::sum);
            boolean again =
                    Long.bitCount(worker.served) == 1 || now - worker.lookedNanos >= LOOK_AGAIN;
            due = again || worker.lookedJustNow;
            worker.lookedJustNow = again;
        } finally {
            worker.lock.unlock();
        }
        if (due) {
            look(worker, memory.apply(pid), now);
        }
    }

    private void look(Watched worker, OptionalLong bytes, long now) {
        Map<FunctionMeters, Integer> ran;
        OptionalLong before;
        worker.lock.lock();
        try {
            ran = worker.ran;
            before = worker.bytes;
            worker.ran = new HashMap<>();
            worker.bytes = bytes;
            worker.lookedNanos = now;
        } finally {
            worker.lock.unlock();
        }
        if (before.isPresent() && bytes.isPresent()) {
            learn(ran, bytes.getAsLong() - before.getAsLong());
        }
    }

    private void learn(Map<FunctionMeters, Integer> ran, long growth) {
        var counts =
                ran.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        each -> each.getKey().growth(), Map.Entry::getValue));
        learning.lock();
        try {
            for (var function : ran.keySet()) {
                boolean first = !function.growth().isKnown();
                function.growth().learn(counts, growth);
                if (first) {
                    function.showGrowth();
                }
            }
        } finally {
            learning.unlock();
        }
    }

    /** The process has ended; where it has not, as with one of several threads, it is looked at as a new one. */
    void gone(long pid) {
        workers.remove(pid);
    }
}
