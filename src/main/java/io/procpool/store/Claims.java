package io.procpool.store;

import io.procpool.job.Delivery;
import io.procpool.job.JobState;
import io.procpool.job.JobStore.Batch;
import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.KeptTask;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Ticket;
import io.procpool.payload.InFlight;
import io.procpool.problem.Failure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims of jobs, in batches: the writer marks and reads them, the caller's thread makes of it what is claimed. */
final class Claims {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);

    private static final Failure UNREADABLE =
            new Failure.ProtocolError("what was submitted can't be read any more");

    private static final Failure UNREAD =
            new Failure.ProtocolError("the service failed to read what was submitted");

    /** So many become due in one transaction. */
    private static final int MOST_WAKING = 10_000;

    private final Database database;
    private final Endings endings;
    private final InFlight memory;

    Claims(Database database, Endings endings, InFlight memory) {
        this.database = database;
        this.endings = endings;
        this.memory = memory;
    }

    private record Candidate(long n, long size) {}

    private record Taken(
            StoredJob job,
            int epoch,
            boolean tracked,
            int runs,
            Body.Stored body,
            List<KeptRow> tasks) {}

    private record Found(List<Taken> jobs, boolean more, @Nullable Long nextDue) {}

    Batch claim(String pool, Instant now, int limit, long maxBytes) {
        var found =
                database.<Found>change(
                        transaction -> take(transaction, pool, now, limit, maxBytes));
        var jobs = new ArrayList<Claimed>();
        for (var one : found.jobs()) {
            completeOrEnd(one, now).ifPresent(jobs::add);
        }
        var nextDue = found.nextDue();
        return new Batch(jobs, found.more(), nextDue == null ? null : Times.of(nextDue));
    }

    /** One that can't be read would be claimed for ever, and the others of its batch with it: it has failed. */
    private Optional<Claimed> completeOrEnd(Taken taken, Instant now) {
        try {
            return Optional.of(complete(taken));
        } catch (NoSuchFileException
                | RuntimeException
                | Error damage) { // an Error too: the others of the batch are in nobody's memory
            var before = taken.job().record();
            LOG.error("Job {} can't be read: it fails", before.id(), damage);
            var why = damage instanceof Error ? UNREAD : UNREADABLE;
            var end = new JobState.Failed(JobState.started(before.state()), now, why);
            var ticket = new Ticket(before.id(), taken.epoch());
            var record = before.with(end, ticket.restingVersion());
            var _ = endings.finish(ticket, record, null, List.of());
            return Optional.empty();
        } catch (IOException failure) {
            throw database.failed(failure);
        }
    }

    private Found take(Transaction transaction, String pool, Instant now, int limit, long maxBytes)
            throws SQLException {
        wake(transaction, pool, now);
        var candidates =
                transaction
                        .of(
                                """
                                SELECT n, size FROM job
                                WHERE pool = ? AND claimed = 0 AND finished IS NULL AND due IS NULL
                                ORDER BY priority DESC, created, n LIMIT ?
                                """)
                        .with(pool)
                        .with(limit + 1L)
                        .all(row -> new Candidate(row.number(), row.number()));
        var jobs = new ArrayList<Taken>();
        int unread = 0;
        long bytes = 0;
        for (var candidate : candidates) {
            bytes += candidate.size();
            if (jobs.size() == limit || (bytes > maxBytes && !jobs.isEmpty())) {
                break;
            }
            try {
                var job = take(transaction, candidate.n(), now);
                jobs.add(job);
                bytes += kept(job);
            } catch (
                    RuntimeException damage) { // else nothing of the pool could be claimed any more
                LOG.error("Row {} of the jobs can't be read: it fails", candidate.n(), damage);
                Endings.endUnread(transaction, candidate.n(), UNREADABLE, now);
                unread++;
            }
        }
        var nextDue =
                transaction
                        .of(
                                """
                                SELECT due FROM job
                                WHERE pool = ? AND claimed = 0 AND finished IS NULL AND due IS NOT NULL
                                ORDER BY due LIMIT 1
                                """)
                        .with(pool)
                        .first(Row::number)
                        .orElse(null);
        boolean already = nextDue != null && nextDue <= Times.nanos(now);
        return new Found(jobs, already || jobs.size() + unread < candidates.size(), nextDue);
    }

    /** What its tasks have come to takes memory too. */
    private long kept(Taken job) {
        return job.tasks().stream().mapToLong(task -> task.size(database.values())).sum();
    }

    /** Those whose time has come stand in line with the others from now on. */
    private static void wake(Transaction transaction, String pool, Instant now)
            throws SQLException {
        transaction
                .of(
                        """
                        UPDATE job SET due = NULL WHERE n IN (
                            SELECT n FROM job
                            WHERE pool = ? AND claimed = 0 AND finished IS NULL AND due IS NOT NULL
                                AND due <= ?
                            ORDER BY due LIMIT ?)
                        """)
                .with(pool)
                .with(Times.nanos(now))
                .with(MOST_WAKING)
                .run();
    }

    private static Taken take(Transaction transaction, long n, Instant now) throws SQLException {
        var before =
                transaction
                        .of(
                                "SELECT "
                                        + StoredJob.COLUMNS
                                        + ", j.epoch, j.tracked, j.runs, b.submission, b.args_size, b.kwds_size, b.file, b.content"
                                        + StoredJob.FROM
                                        + "JOIN body b ON b.job = j.n WHERE j.n = ?")
                        .with(n)
                        .first(
                                row ->
                                        new Taken(
                                                StoredJob.withoutValue(row),
                                                row.integer(),
                                                row.flag(),
                                                row.integer(),
                                                Body.read(row),
                                                List.of()))
                        .orElseThrow();
        transaction
                .of("UPDATE job SET claimed = 1, epoch = epoch + 1 WHERE n = ? AND claimed = 0")
                .with(n)
                .run();
        var taken =
                new Taken(
                        before.job(),
                        before.epoch() + 1,
                        before.tracked(),
                        before.runs(),
                        before.body(),
                        before.epoch() == 0 || !before.tracked()
                                ? List.of()
                                : KeptRow.of(transaction, n));
        var first = first(taken);
        if (first.isPresent()) {
            TaskWrites.claim(transaction, n, first.get(), now);
        }
        return taken;
    }

    private static Optional<TaskClaim> first(Taken job) {
        var json = Json.read(job.body().terms());
        boolean single =
                job.tracked()
                        && !job.job().record().verb().maps()
                        && Delivery.valueOf(Json.text(json, "delivery")) == Delivery.AT_LEAST_ONCE;
        if (!single || job.tasks().stream().anyMatch(KeptRow::ended)) {
            return Optional.empty();
        }
        int before = job.tasks().isEmpty() ? 0 : job.tasks().getFirst().attempt();
        return Optional.of(new TaskClaim(0, 0, 1, before + 1));
    }

    private Claimed complete(Taken taken) throws IOException {
        var values = database.values();
        var tasks = new ArrayList<KeptTask>();
        for (var row : taken.tasks()) {
            tasks.add(row.complete(values));
        }
        var record = taken.job().record();
        return new Claimed(
                record,
                taken.body().submission(values, memory.hold()),
                new Ticket(record.id(), taken.epoch()),
                taken.tracked(),
                tasks,
                first(taken),
                taken.runs());
    }
}
