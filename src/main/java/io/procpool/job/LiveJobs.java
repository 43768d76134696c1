package io.procpool.job;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that are in memory: all that are not final but those that wait in the store, and the final ones until they are stored.
 *
 * <p>Threads: any. {@code lock} guards nothing but the bell, by which those are woken that wait for a job that is not here.
 */
final class LiveJobs {
    /** So often it is looked at a job in the store that nobody here has heard of: another service may have ended it. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Map<UUID, Job> jobs = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition bell = lock.newCondition();
    private final Function<UUID, JobRecord> elsewhere;
    private volatile boolean closed;

    /** @param elsewhere finds those that are not here; it may throw */
    LiveJobs(Function<UUID, JobRecord> elsewhere) {
        this.elsewhere = elsewhere;
    }

    void add(Job job) {
        jobs.put(job.id(), job);
        if (job.ticket() != null) {
            ring();
        }
    }

    void remove(Job job) {
        jobs.remove(job.id(), job);
    }

    @Nullable Job get(UUID id) {
        return jobs.get(id);
    }

    Collection<Job> all() {
        return jobs.values();
    }

    Map<UUID, Job> map() {
        return jobs;
    }

    /** Something has happened to jobs that wait in the store. */
    void ring() {
        lock.lock();
        try {
            bell.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits any more. */
    void close() {
        closed = true;
        ring();
    }

    JobRecord record(UUID id) {
        var job = jobs.get(id);
        return job == null ? elsewhere.apply(id) : job.snapshot();
    }

    JobRecord awaitReady(UUID id, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            var job = jobs.get(id);
            if (job != null) {
                job.awaitReady(left);
            }
            var record = record(id);
            if (record.ready() || closed || System.nanoTime() >= deadline) {
                return record;
            }
            awaitBell(id, job, left);
        }
    }

    JobRecord awaitChange(UUID id, long known, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            var job = jobs.get(id);
            if (job != null) {
                job.awaitChange(known, left);
            }
            var record = record(id);
            if (record.version() != known
                    || record.ready()
                    || closed
                    || System.nanoTime() >= deadline) {
                return record;
            }
            awaitBell(id, job, left);
        }
    }

    /** Waits until a job is here, or is final, at most so long; empty if it is not here then. */
    Optional<Job> await(UUID id, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var job = jobs.get(id);
            var left = Duration.ofNanos(deadline - System.nanoTime());
            if (job != null || !left.isPositive() || closed || elsewhere.apply(id).ready()) {
                return Optional.ofNullable(job);
            }
            awaitBell(id, null, left);
        }
    }

    /** Until the bell rings, unless another job than {@code seen} is here by now. */
    @SuppressWarnings("WaitNotInLoop") // whoever calls this does so in a loop
    private void awaitBell(UUID id, @Nullable Job seen, Duration patience)
            throws InterruptedException {
        long nanos = Math.min(patience.toNanos(), LOOK_AGAIN.toNanos());
        lock.lock();
        try {
            if (jobs.get(id) == seen && !closed) {
                var _ = bell.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
