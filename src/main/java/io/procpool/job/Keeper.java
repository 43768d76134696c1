package io.procpool.job;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.Found;
import io.procpool.payload.InFlight;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.ResultGone;
import io.procpool.problem.Refusal.ResultUnknown;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps jobs going: makes those that are in memory, hands them to their pools, and lets go of them at their end. Any thread may use it.
 */
final class Keeper implements Job.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final int AT_ONCE = 1_000;

    private final JobStore store;
    private final Workers workers;
    private final Clock clock;
    private final int maxResult;
    private final InFlight inFlight;
    private final JobListener listener;
    private final ScheduledExecutorService timer;
    private final TimeBasedEpochGenerator ids = Generators.timeBasedEpochGenerator();
    private final LiveJobs live = new LiveJobs(this::notLive);
    private final RecentJobs recent = new RecentJobs();
    private final Feeder feeder;
    private final Rests rests;
    private final Outcomes outcomes;
    private volatile boolean suspended;

    Keeper(
            JobStore store,
            Workers workers,
            Clock clock,
            Jobs.Measures measures,
            JobListener listener,
            ScheduledExecutorService timer) {
        this.store = store;
        this.workers = workers;
        this.clock = clock;
        this.maxResult = measures.maxResult();
        this.inFlight = measures.inFlight();
        this.listener = listener;
        this.timer = timer;
        this.feeder = new Feeder(store, workers, new Taker(), clock);
        this.rests = new Rests(feeder.lines(), timer);
        this.outcomes = new Outcomes(store, live, recent, feeder.lines(), clock, listener);
    }

    LiveJobs live() {
        return live;
    }

    RecentJobs recent() {
        return recent;
    }

    Feeder feeder() {
        return feeder;
    }

    boolean suspended() {
        return suspended;
    }

    Instant now() {
        return clock.instant();
    }

    // --- jobs come

    /** One that nobody is promised anything about. */
    Job unaccepted(Submission submission) {
        var identity = new Job.Identity(newId(), now(), null);
        return new Job(identity, submission, maxResult, clock, this);
    }

    /** An accepted one. */
    Job claimed(Job.Identity identity, Submission submission, Ticket ticket) {
        var journal = new Journal.Stored(store, ticket);
        return new Job(identity, submission, maxResult, clock, this, journal, ticket);
    }

    /** An accepted one that waits in the store. */
    static JobRecord waiting(Job.Identity identity, Submission submission) {
        return new JobRecord(
                identity.id(),
                submission.pool(),
                submission.verb(),
                submission.func(),
                submission.collect(),
                true,
                identity.created(),
                new JobState.Pending(),
                submission.items(),
                0,
                List.of(),
                new Ticket(identity.id(), 0).restingVersion(),
                null,
                submission.terms().labels(),
                identity.retryOf(),
                null);
    }

    /** Takes note if a submission is refused. */
    <T> T counted(Submission submission, Supplier<T> taking) {
        try {
            return taking.get();
        } catch (Refused refused) {
            listener.refused(submission.pool(), refused.problem());
            throw refused;
        }
    }

    void submitted(Submission submission) {
        listener.submitted(submission);
    }

    void enter(Job job) {
        live.add(job);
    }

    void leave(Job job) {
        live.remove(job);
    }

    /** An accepted one that is new. */
    void begin(Job job) {
        live.add(job);
        if (job.submission().items() == 0) {
            job.finishEmpty();
        } else {
            admit(job);
        }
    }

    private void admit(Job job) {
        if (leftToTheNext(job)) {
            return;
        }
        try {
            workers.admit(job);
        } catch (Refused gone) {
            job.broke(new Failure.PoolTerminated(job.submission().pool()));
        }
        withdrawIfOver(job);
        expire(job);
    }

    /** If the service is ending, an accepted job of it goes on in the next one. */
    boolean leftToTheNext(Job job) {
        if (suspended) {
            job.suspend();
        }
        return suspended;
    }

    /** It may have come to its end, or the service to its own, just before its pool got it: nobody else takes it out of there then. */
    void withdrawIfOver(Job job) {
        if (job.isOver() || leftToTheNext(job)) {
            workers.withdraw(job);
        }
    }

    /** Ends it if no task of it has begun when its time is over. */
    void expire(Job job) {
        var after = job.submission().expiresIn();
        if (after == null) {
            return;
        }
        var left = Duration.between(now(), job.created().plus(after));
        var lapse =
                timer.schedule(
                        () -> {
                            if (job.lapse(after)) {
                                workers.withdraw(job);
                            }
                        },
                        Math.max(0, left.toNanos()),
                        TimeUnit.NANOSECONDS);
        job.onReady(() -> lapse.cancel(false));
    }

    // --- jobs end

    @Override
    public void decided(Job job) {
        job.submission().hold().close();
        rests.over(job);
        if (job.lasting()) {
            workers.withdraw(job); // it may have been waiting for something to run
        }
        outcomes.take(job);
    }

    @Override
    public void more(Job job) {
        workers.more(job);
    }

    @Override
    public CompletionStage<Void> again(Ticket ticket, Task task) {
        return store.again(ticket, task.claim(), task.attempts());
    }

    @Override
    public void later(Job job, Duration pause, Runnable action) {
        rests.rest(job, pause, action);
    }

    @Override
    public UUID newId() {
        return ids.generate();
    }

    // --- jobs that wait in the store

    /** Returns its record if it was there to be ended. */
    Optional<JobRecord> endStored(UUID id, JobState.Final end) {
        var ended = store.end(id, end);
        ended.ifPresent(outcomes::endedInStore);
        ended.ifPresent(
                record ->
                        feeder.lines()
                                .changed(record.pool())); // it may have been what was waited for
        return ended;
    }

    /** All of a pool fail that wait in the store. */
    void drop(String pool) {
        var why = new Failure.PoolTerminated(pool);
        long arrivals = feeder.lines().arrivals(pool);
        List<JobRecord> ended;
        do {
            ended = store.endAll(pool, why, now(), AT_ONCE);
            ended.forEach(outcomes::endedInStore);
        } while (!ended.isEmpty());
        feeder.dropped(pool, arrivals);
    }

    /** Bytes of bodies of accepted jobs that there is memory for: half of it is for those that somebody waits for. Those that find none wait in the store. */
    long room() {
        return inFlight.limit() / 2 - inFlight.held();
    }

    private final class Taker implements Feeder.Taker {
        @Override
        public long room() {
            return Keeper.this.room();
        }

        @Override
        public void take(Claimed claimed) {
            var hold = inFlight.hold();
            hold.take(claimed.submission().size());
            var submission = claimed.submission().withHold(hold);
            var record = claimed.record();
            var identity = new Job.Identity(record.id(), record.created(), record.retryOf());
            var job = Keeper.this.takenUp(identity, submission, claimed);
            live.add(job);
            try {
                if (job.takeUp(claimed)) {
                    admit(job);
                }
            } catch (RuntimeException
                    | Error bug) { // an Error too: nobody else has this job, nor those after it
                LOG.error("Result {} could not be taken up again", job.id(), bug);
                job.broke(new Failure.ProtocolError("the service failed to take it up again"));
            }
        }

        @Override
        public void lapse(Instant now) {
            List<JobRecord> ended;
            do {
                ended = store.lapse(now, AT_ONCE);
                ended.forEach(outcomes::endedInStore);
                ended.stream().map(JobRecord::pool).distinct().forEach(feeder.lines()::changed);
            } while (ended.size() == AT_ONCE);
        }

        @Override
        public void drop(String pool) {
            Keeper.this.drop(pool);
        }
    }

    private Job takenUp(Job.Identity identity, Submission submission, Claimed claimed) {
        return claimed.tracked()
                ? claimed(identity, submission, claimed.ticket())
                : new Job(
                        identity,
                        submission,
                        maxResult,
                        clock,
                        this,
                        new Journal.Unwritten(),
                        claimed.ticket());
    }

    // --- reading

    /** @throws Refused {@link ResultUnknown} or {@link ResultGone} */
    JobRecord require(UUID id) {
        return live.record(id);
    }

    private JobRecord notLive(UUID id) {
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

    /** The service ends: what is accepted and has not come to its end is left to the next one. */
    void suspend() {
        suspended = true;
        feeder.lines().stop();
        for (var job : live.all()) {
            job.suspend();
            if (job.ticket() != null) {
                workers.withdraw(job);
            }
        }
        live.close();
    }
}
