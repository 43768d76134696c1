package io.procpool.job;

import io.procpool.problem.Failure;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where the outcomes of jobs are taken in: each shows when it lasts. Any thread may use it. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final JobStore store;
    private final LiveJobs live;
    private final RecentJobs recent;
    private final Lines lines;
    private final Clock clock;
    private final JobListener listener;

    Outcomes(
            JobStore store,
            LiveJobs live,
            RecentJobs recent,
            Lines lines,
            Clock clock,
            JobListener listener) {
        this.store = store;
        this.live = live;
        this.recent = recent;
        this.lines = lines;
        this.clock = clock;
        this.listener = listener;
    }

    /** That of a job in memory, which is decided. */
    void take(Job job) {
        var record = job.decidedRecord();
        var ticket = job.ticket();
        if (ticket == null) {
            recent.add(record);
            publish(job, record);
            return;
        }
        var _ =
                store.finish(ticket, record, job.last(), job.quarantined())
                        .whenComplete((won, failure) -> stored(job, record, won, failure));
    }

    private void stored(
            Job job, JobRecord record, @Nullable Boolean won, @Nullable Throwable failure) {
        try {
            if (Boolean.TRUE.equals(won)) {
                publish(job, record);
                return;
            }
            if (failure != null && !isRefused(failure)) {
                LOG.error("The outcome of result {} can't be stored", job.id(), failure);
                endBarely(job, record);
            }
            // Either the store has failed, or another claim is the last one: what the store has
            // counts.
            LOG.error("Result {} was not stored", job.id(), failure);
            live.remove(job);
            job.superseded();
        } finally {
            lines.leave(job.submission().pool());
        }
    }

    private static boolean isRefused(Throwable failure) {
        return failure instanceof Refused || failure.getCause() instanceof Refused;
    }

    /** A job without any outcome would be run again with each start of the service, to the same end. */
    private void endBarely(Job job, JobRecord record) {
        var why = new Failure.ProtocolError("the service failed to write its outcome down");
        var end = new JobState.Failed(JobState.started(record.state()), clock.instant(), why);
        var ticket = Objects.requireNonNull(job.ticket());
        var _ =
                store.finish(
                                ticket,
                                record.with(end, record.version()).with(List.of()),
                                null,
                                List.of())
                        .whenComplete((_, _) -> live.ring(job.id()));
    }

    private void publish(Job job, JobRecord record) {
        live.remove(job); // first: who is told of it may have it forgotten at once
        job.publish();
        var took = Duration.ofNanos(System.nanoTime() - job.queuedNanos());
        listener.finished(record, took, job.sinceCancelRequest());
    }

    /** That of a job that waited in the store, and has it there. */
    void endedInStore(JobRecord record) {
        live.ring(record.id());
        if (record.state() instanceof JobState.Final end) {
            listener.finished(record, Duration.between(record.created(), end.finished()), null);
        }
    }
}
