package io.procpool.job;

import io.procpool.job.JobState.Cancelled;
import io.procpool.job.JobStore.Query;
import io.procpool.payload.InFlight;
import io.procpool.payload.LimitSettings;
import io.procpool.problem.Refusal.Draining;
import io.procpool.problem.Refusal.NotReady;
import io.procpool.problem.Refusal.QuarantineUnknown;
import io.procpool.problem.Refusal.ResultGone;
import io.procpool.problem.Refusal.ResultUnknown;
import io.procpool.problem.Refusal.StoreFailed;
import io.procpool.problem.Refusal.StoreFull;
import io.procpool.problem.Refusal.Streamed;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What clients do with jobs: submit, accept, await, cancel, forget, list.
 *
 * <p>Threads: any. Accepted jobs are stored before anybody is told of them, and their outcomes before they show. Sync ones are in memory only: a sync call's evidence can be
 * looked at for a while.
 */
@Component
public final class Jobs implements AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Duration LONGEST_CLAIM = Duration.ofSeconds(5);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    static final String NOT_KEPT =
            "The call took longer than it was waited for, and there is no room to keep it: it was cancelled. It may have begun.";

    /** How much there may be. */
    record Measures(int maxResult, InFlight inFlight) {}

    private final JobStore store;
    private final Workers workers;
    private final Clock clock;
    private final JobListener listener;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("job-timer").factory());
    private final Keeper keeper;
    private final Acceptance acceptance;

    Jobs(
            JobStore store,
            Workers workers,
            Clock clock,
            LimitSettings limits,
            InFlight inFlight,
            List<JobListener> listeners) {
        this.store = store;
        this.workers = workers;
        this.clock = clock;
        this.listener = JobListener.all(List.copyOf(listeners));
        var measures = new Measures(limits.json().maxBytes(), inFlight);
        this.keeper = new Keeper(store, workers, clock, measures, listener, timer);
        this.acceptance = new Acceptance(store, workers, keeper);
        // A job that is done must not stay in memory until it would have expired.
        timer.setRemoveOnCancelPolicy(true);
        store.rescue(clock.instant());
        keeper.feeder().start();
    }

    /**
     * Takes a job in that a request is held open for, and has it run.
     *
     * @throws Refused if it can't be run or there is no room
     */
    public Job submit(Submission submission) {
        return keeper.counted(submission, () -> take(submission));
    }

    private Job take(Submission submission) {
        workers.check(submission);
        var job = keeper.unaccepted(submission);
        keeper.enter(job);
        if (submission.items() == 0) {
            keeper.submitted(submission);
            job.finishEmpty();
            return job;
        }
        try {
            workers.enqueue(job);
        } catch (Refused refused) {
            keeper.leave(job);
            throw refused;
        }
        keeper.submitted(submission);
        if (job.isOver()) {
            workers.withdraw(job); // somebody has found and cancelled it before its pool had it
        }
        keeper.expire(job);
        return job;
    }

    /**
     * Takes a stream in, without items.
     *
     * @throws Refused as {@link #submit}
     */
    public ItemStream open(Submission submission) {
        return new ItemStream(submit(submission), workers, listener, timer, System::nanoTime);
    }

    /**
     * Whether a submission could be taken in now.
     *
     * @throws Refused if not; it is counted as turned away
     */
    public void check(Submission submission) {
        var _ =
                keeper.counted(
                        submission,
                        () -> {
                            workers.check(submission);
                            return true;
                        });
    }

    /**
     * Accepts a job for good: it is stored when this returns, comes to its outcome whatever becomes of the service, and its result is kept.
     *
     * @param request null: it will not be sent again
     * @throws Refused if it can't be run, there is no room, or the request's key came before with another fingerprint; then nothing was stored. After {@code StoreFailed} nobody knows
     */
    public Receipt accept(Submission submission, @Nullable Request request) {
        return keeper.counted(submission, () -> acceptance.accept(submission, request));
    }

    /**
     * The same with an id that the client has chosen: the request is the same if its id is.
     *
     * @param fingerprint of the request
     */
    public Receipt put(UUID id, Submission submission, String fingerprint) {
        return keeper.counted(submission, () -> acceptance.put(id, submission, fingerprint));
    }

    /**
     * Accepts all of these for good, or none. Each was {@link #check checked}.
     *
     * @param answer makes of their ids what a repeat of the request is answered
     * @throws Refused as {@link #accept}
     */
    public BatchReceipt acceptAll(
            List<Submission> submissions,
            @Nullable Request request,
            Function<List<UUID>, String> answer) {
        try {
            return acceptance.acceptAll(submissions, request, answer);
        } catch (Refused refused) {
            submissions.stream()
                    .map(Submission::pool)
                    .distinct()
                    .forEach(pool -> listener.refused(pool, refused.problem()));
            throw refused;
        }
    }

    /**
     * What a request was answered when it came first, to know before it is read whole: the id of its job, or what was given to {@link #acceptAll}.
     *
     * @return empty if it comes first
     * @throws Refused {@code KeyReused}
     */
    public Optional<String> answered(Request request) {
        return acceptance.answered(request);
    }

    /**
     * The same of a request for a single job: what has become of that.
     *
     * @throws Refused {@code KeyReused}; {@link ResultGone} if it was forgotten, or its time is over
     */
    public Optional<Receipt> replayed(Request request) {
        return acceptance.replayed(request);
    }

    /** Takes note of a submission that was turned away before it could be {@link #submit submitted}, unreadable for example. */
    public void turnedAway(String pool, Refused why) {
        listener.refused(pool, why.problem());
    }

    /**
     * Turns a job that somebody waits for into one that is kept: the answer becomes a 202.
     *
     * @return false if it has got its outcome meanwhile
     * @throws Refused {@code StoreFull}: nothing was stored; {@code StoreFailed}: it may be stored, also if it has got its outcome
     */
    public boolean keep(Job job) {
        try {
            return acceptance.keep(job);
        } catch (Refused refused) {
            if (job.isOver() && !(refused.problem() instanceof StoreFailed)) {
                return false; // but after a failed write nobody knows: the next service may run it
            }
            abandon(job); // whoever is not told that it is kept may send it again
            throw refused.problem() instanceof StoreFull(_, var retryAfter)
                    ? new Refused(new StoreFull(NOT_KEPT, retryAfter))
                    : refused;
        }
    }

    /**
     * Waits for a job that a request is held open for. Gives up with a job that has not begun if its pool is in trouble for as long
     * as a worker may take to start.
     *
     * @return whether it is final
     * @throws Refused {@code PoolDegraded}; the job is cancelled then
     */
    public boolean await(Job job, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        var round = workers.startTimeout(job.submission().pool());
        while (true) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            var wait = left.compareTo(round) < 0 ? left : round;
            if (job.awaitReady(wait)) {
                return true;
            }
            if (wait.equals(left)) {
                return false;
            }
            var trouble = workers.trouble(job.submission().pool());
            if (trouble.isPresent() && job.snapshot().state() instanceof JobState.Pending) {
                abandon(job);
                listener.refused(job.submission().pool(), trouble.get());
                throw new Refused(trouble.get());
            }
        }
    }

    private void abandon(Job job) {
        job.cancel();
        workers.withdraw(job);
    }

    /** Takes note of a client that did not read its stream, which is cancelled. */
    public void stalled(ItemStream stream) {
        listener.streamStalled(stream.job().submission().pool());
    }

    /**
     * Waits until a job is final, at most so long, wherever it is: it may be waiting in the store.
     *
     * @throws Refused if there is no such job
     */
    public JobRecord awaitReady(UUID id, Duration patience) throws InterruptedException {
        return keeper.live().awaitReady(id, patience);
    }

    /** Waits until what is shown of a job has another version than {@code known}, or it is final. */
    public JobRecord awaitChange(UUID id, long known, Duration patience)
            throws InterruptedException {
        return keeper.live().awaitChange(id, known, patience);
    }

    /**
     * For somebody who wants to see a job's values as they come, from the first on.
     *
     * @throws Refused if there is no such job, or its values are not kept
     */
    public Following follow(UUID id) {
        var job = keeper.live().get(id);
        var record = job == null ? require(id) : job.snapshot();
        if (record.streamed()) {
            throw new Refused(new Streamed(id.toString()));
        }
        return new Following(keeper.live(), job, record);
    }

    /** @throws Refused {@link ResultUnknown} or {@link ResultGone} */
    public JobRecord require(UUID id) {
        return keeper.require(id);
    }

    /**
     * Asks for the end of a job. One that waits is cancelled at once, one that runs when its workers are gone; a final one stays as
     * it is.
     *
     * @throws Refused if there is no such job
     */
    public JobRecord cancel(UUID id) {
        long deadline = System.nanoTime() + LONGEST_CLAIM.toNanos();
        while (true) {
            var job = keeper.live().get(id);
            if (job != null) {
                return cancel(job);
            }
            var record = require(id);
            if (record.ready()) {
                listener.cancelledTooLate(record.pool());
                return record;
            }
            var started = JobState.started(record.state());
            var ended = keeper.endStored(id, new Cancelled(started, clock.instant()));
            if (ended.isPresent()) {
                return ended.get();
            }
            if (keeper.suspended() || System.nanoTime() > deadline) {
                throw new Refused(new Draining(RETRY_AFTER));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos()); // it is being claimed: it will be live
        }
    }

    private JobRecord cancel(Job job) {
        if (!job.cancelRequested()) {
            listener.cancelledTooLate(job.submission().pool());
        }
        abandon(job);
        if (job.decidedRecord().ready()) {
            awaitShown(job); // it is over; that only has to be written
        }
        return job.snapshot();
    }

    private static void awaitShown(Job job) {
        try {
            job.awaitReady(LONGEST_WRITE);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws Refused {@link NotReady} if it has no outcome yet; or there is no such job */
    public void forget(UUID id) {
        if (!require(id).ready()) {
            throw new Refused(new NotReady(id.toString()));
        }
        if (!keeper.recent().forget(id)) {
            store.forget(id);
        }
    }

    public Page list(Query query) {
        return new Listing(keeper.live().map(), keeper.recent(), store).list(query);
    }

    /** Tasks in quarantine, by falling id, without the values of their submissions. */
    public List<Quarantined> quarantine(@Nullable UUID before, int limit) {
        return store.quarantine(before, limit);
    }

    /** @throws Refused {@link QuarantineUnknown} */
    public Quarantined quarantined(UUID id) {
        return store.quarantined(id)
                .orElseThrow(() -> new Refused(new QuarantineUnknown(id.toString())));
    }

    /** @throws Refused {@link QuarantineUnknown} */
    public void dropQuarantined(UUID id) {
        if (!store.dropQuarantined(id)) {
            throw new Refused(new QuarantineUnknown(id.toString()));
        }
    }

    /**
     * Has a task in quarantine run again, as a job of its own.
     *
     * @param submission that of the {@link #quarantined} task, with the memory of its own that it takes
     * @throws Refused if it is not there any more, or can't be run now
     */
    public Receipt release(Quarantined task, Submission submission, @Nullable Request request) {
        return keeper.counted(submission, () -> acceptance.release(task, submission, request));
    }

    // --- the pools' side

    /** Whether accepted jobs of a pool wait in the store. Quick. */
    public boolean waiting(String pool) {
        return keeper.feeder().lines().waiting(pool);
    }

    /** There may be a pool that was not there. */
    public void opened() {
        keeper.feeder().lines().look();
    }

    /** A pool is terminated: what waits for it in the store fails. Lasting when it returns. */
    public void drop(String pool) {
        keeper.drop(pool);
    }

    /** Whether {@link #suspend} was called: nobody waits for a job any more. */
    public boolean suspended() {
        return keeper.suspended();
    }

    /** The service ends: what is accepted and has not come to its end goes on in the next one. */
    public void suspend() {
        keeper.suspend();
    }

    @Override
    public void close() {
        keeper.feeder().close();
        timer.shutdownNow();
    }
}
