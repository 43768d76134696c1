package io.procpool.job;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that are in memory: all that are not final but those that wait in the store, and the final ones until they are stored. Any thread may use it.
 */
final class LiveJobs {
    /** So often it is looked at a job in the store that nobody here has heard of: another service may have ended it. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Map<UUID, Job> jobs = new ConcurrentHashMap<>();
    private final Bells bells = new Bells();
    private final Function<UUID, JobRecord> elsewhere;
    private volatile boolean closed;

    /** @param elsewhere finds those that are not here; it may throw */
    LiveJobs(Function<UUID, JobRecord> elsewhere) {
        this.elsewhere = elsewhere;
    }

    void add(Job job) {
        jobs.put(job.id(), job);
        if (job.ticket() != null) {
            bells.ring(job.id()); // somebody may have looked for it in the store
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

    /** Something has happened to a job that waits in the store. */
    void ring(UUID id) {
        bells.ring(id);
    }

    /** Nobody waits any more. */
    void close() {
        closed = true;
        bells.ringAll();
    }

    boolean isClosed() {
        return closed;
    }

    JobRecord record(UUID id) {
        var job = jobs.get(id);
        return job == null ? elsewhere.apply(id) : job.snapshot();
    }

    private interface Wait {
        void in(Job job, Duration patience) throws InterruptedException;
    }

    JobRecord awaitReady(UUID id, Duration patience) throws InterruptedException {
        return await(id, patience, Job::awaitReady, JobRecord::ready);
    }

    JobRecord awaitChange(UUID id, long known, Duration patience) throws InterruptedException {
        return await(
                id,
                patience,
                (job, left) -> job.awaitChange(known, left),
                record -> record.version() != known || record.ready());
    }

    private JobRecord await(UUID id, Duration patience, Wait wait, Predicate<JobRecord> enough)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (var seat = bells.sit(id)) {
            while (true) {
                var job = jobs.get(id);
                if (job != null) {
                    wait.in(job, left(deadline));
                }
                var record = record(id);
                if (enough.test(record) || closed || System.nanoTime() >= deadline) {
                    return record;
                }
                if (jobs.get(id) == job) { // else it has come meanwhile, or gone
                    pause(seat, left(deadline));
                }
            }
        }
    }

    /** Waits until a job is here, or is final, at most so long; empty if it is not here then. */
    Optional<Job> await(UUID id, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (var seat = bells.sit(id)) {
            while (true) {
                var job = jobs.get(id);
                var left = left(deadline);
                if (job != null || left.isZero() || closed || elsewhere.apply(id).ready()) {
                    return Optional.ofNullable(job);
                }
                pause(seat, left);
            }
        }
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private static void pause(Bells.Seat seat, Duration patience) throws InterruptedException {
        seat.await(Math.min(patience.toNanos(), LOOK_AGAIN.toNanos()));
    }
}
