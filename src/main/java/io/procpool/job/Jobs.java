package io.procpool.job;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import io.procpool.job.JobStore.Found;
import io.procpool.job.JobStore.Query;
import io.procpool.payload.LimitSettings;
import io.procpool.problem.Refusal.KeyReused;
import io.procpool.problem.Refusal.NotReady;
import io.procpool.problem.Refusal.QuarantineUnknown;
import io.procpool.problem.Refusal.ResultGone;
import io.procpool.problem.Refusal.ResultUnknown;
import io.procpool.problem.Refusal.Streamed;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What clients do with jobs: submit, await, cancel, forget, list.
 *
 * <p>Threads: any. {@code live} has every job that is not final, and the final ones until they are stored. {@code recent} has the
 * last jobs that nobody was promised to keep: a sync call's evidence can be looked at for a while.
 */
@Component
public final class Jobs implements AutoCloseable {
    private final JobStore store;
    private final Workers workers;
    private final Clock clock;
    private final int maxResult;
    private final JobListener listener;
    private final TimeBasedEpochGenerator ids = Generators.timeBasedEpochGenerator();
    private final Map<UUID, Job> live = new ConcurrentHashMap<>();
    private final RecentJobs recent = new RecentJobs();
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("job-timer").factory());

    Jobs(
            JobStore store,
            Workers workers,
            Clock clock,
            LimitSettings limits,
            List<JobListener> listeners) {
        this.store = store;
        this.workers = workers;
        this.clock = clock;
        this.maxResult = limits.json().maxBytes();
        this.listener = JobListener.all(List.copyOf(listeners));
        timer.setRemoveOnCancelPolicy(
                true); // a job that is done must not stay in memory until it would have expired
    }

    /**
     * Takes a job in and has it run.
     *
     * @param async accept it for good: it outlives the request, and its result is kept
     * @throws Refused if it can't be run or there is no room; then nothing was stored
     */
    public Job submit(Submission submission, boolean async) {
        try {
            var job = take(submission, async);
            listener.submitted(submission);
            return job;
        } catch (Refused refused) {
            listener.refused(submission.pool(), refused.problem());
            throw refused;
        }
    }

    /**
     * Takes a stream in, without items.
     *
     * @throws Refused as {@link #submit}
     */
    public ItemStream open(Submission submission) {
        return new ItemStream(
                submit(submission, false), workers, listener, timer, System::nanoTime);
    }

    /**
     * Whether a submission could be taken in now.
     *
     * @throws Refused if not; it is counted as turned away
     */
    public void check(Submission submission) {
        var _ = later();
    }

    /**
     * Accepts a job for good: it is stored when this returns, comes to its outcome whatever becomes of the service, and its result is kept.
     *
     * @param request null: it will not be sent again
     * @throws Refused if it can't be run, there is no room, or the request's key came before with another fingerprint; then nothing was stored
     */
    public Receipt accept(Submission submission, @Nullable Request request) {
        return later();
    }

    /**
     * The same with an id that the client has chosen: the request is the same if its id is.
     *
     * @param fingerprint of the request
     */
    public Receipt put(UUID id, Submission submission, String fingerprint) {
        return later();
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
        return later();
    }

    /**
     * What a request was answered when it came first, to know before it is read whole: the id of its job, or what was given to {@link #acceptAll}.
     *
     * @return empty if it comes first
     * @throws Refused {@link KeyReused}
     */
    public Optional<String> answered(Request request) {
        return later();
    }

    /**
     * Waits until a job is final, at most so long, wherever it is: it may be waiting in the store.
     *
     * @throws Refused if there is no such job
     */
    public JobRecord awaitReady(UUID id, Duration patience) throws InterruptedException {
        return later();
    }

    /** Waits until what is shown of a job has another version than {@code known}, or it is final. */
    public JobRecord awaitChange(UUID id, long known, Duration patience)
            throws InterruptedException {
        return later();
    }

    /** Tasks in quarantine, by falling id. */
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
     * @throws Refused if there is none, or it can't be run now
     */
    public Receipt release(UUID id, @Nullable Request request) {
        return later();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T> T later() {
        throw new UnsupportedOperationException();
    }

    /** Takes note of a submission that was turned away before it could be {@link #submit submitted}, unreadable for example. */
    public void turnedAway(String pool, Refused why) {
        listener.refused(pool, why.problem());
    }

    private Job take(Submission submission, boolean async) {
        workers.check(submission);
        var job = new Job(ids.generate(), submission, async, maxResult, clock, this::decided);
        live.put(job.id(), job);
        if (submission.items() == 0) {
            job.finishEmpty();
            return job;
        }
        try {
            workers.enqueue(job);
        } catch (Refused refused) {
            live.remove(job.id());
            store.withdraw(job.id());
            throw refused;
        }
        if (submission.expiresIn() != null) {
            expire(job, submission.expiresIn());
        }
        return job;
    }

    private void expire(Job job, Duration after) {
        var lapse =
                timer.schedule(
                        () -> {
                            if (job.lapse(after)) {
                                workers.withdraw(job);
                            }
                        },
                        after.toNanos(),
                        TimeUnit.NANOSECONDS);
        job.onReady(() -> lapse.cancel(false));
    }

    /** The one place where an outcome is taken in: it shows when it lasts. */
    private void decided(Job job) {
        job.submission().hold().close();
        if (job.submission().streamed()) {
            workers.withdraw(job); // it may have been waiting for items
        }
        var record = job.decidedRecord();
        if (record.async()) {
            throw new UnsupportedOperationException();
        } else {
            recent.add(record);
            publish(job, record);
        }
    }

    private void publish(Job job, JobRecord record) {
        job.publish();
        live.remove(job.id());
        var took = Duration.ofNanos(System.nanoTime() - job.queuedNanos());
        listener.finished(record, took, job.sinceCancelRequest());
    }

    /**
     * Turns a job that somebody waits for into one that is kept: the answer becomes a 202.
     *
     * @return false if it has got its outcome meanwhile
     */
    public boolean keep(Job job) {
        var record = job.snapshot();
        if (record.ready()) {
            return false;
        }
        if (!job.becomeAsync()) {
            store.withdraw(job.id());
            return false;
        }
        return true;
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
     * For somebody who wants to see a job's values as they come, from the first on.
     *
     * @throws Refused if there is no such job, or its values are not kept
     */
    public Following follow(UUID id) {
        var job = live.get(id);
        var record = job == null ? require(id) : job.snapshot();
        if (record.streamed()) {
            throw new Refused(new Streamed(id.toString()));
        }
        return new Following(job, record);
    }

    /** A job that is not final yet. */
    public Optional<Job> live(UUID id) {
        return Optional.ofNullable(live.get(id));
    }

    /** @throws Refused {@link ResultUnknown} or {@link ResultGone} */
    public JobRecord require(UUID id) {
        var job = live.get(id);
        if (job != null) {
            return job.snapshot();
        }
        return recent.find(id)
                .orElseGet(
                        () ->
                                switch (store.find(id)) {
                                    case Found.There(var record) -> record;
                                    case Found.Gone _ ->
                                            throw new Refused(new ResultGone(id.toString()));
                                    case Found.Unknown _ ->
                                            throw new Refused(new ResultUnknown(id.toString()));
                                });
    }

    /**
     * Asks for the end of a job. One that waits is cancelled at once, one that runs when its workers are gone; a final one stays as
     * it is.
     *
     * @throws Refused if there is no such job
     */
    public JobRecord cancel(UUID id) {
        var job = live.get(id);
        if (job == null) {
            var record = require(id);
            listener.cancelledTooLate(record.pool());
            return record;
        }
        if (!job.cancelRequested()) {
            listener.cancelledTooLate(job.submission().pool());
        }
        abandon(job);
        return job.snapshot();
    }

    /** @throws Refused {@link NotReady} if it has no outcome yet; or there is no such job */
    public void forget(UUID id) {
        if (live.containsKey(id) || !require(id).ready()) {
            throw new Refused(new NotReady(id.toString()));
        }
        if (!recent.forget(id)) {
            store.forget(id);
        }
    }

    public Page list(Query query) {
        return new Listing(live, recent, store).list(query);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
