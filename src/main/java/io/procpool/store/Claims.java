package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobStore.Batch;
import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.KeptTask;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Task;
import io.procpool.job.Ticket;
import io.procpool.payload.InFlight;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.store.Session.Row;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who may run what: claims of jobs and of their tasks, and how they are voided. What writes runs on the writer. */
final class Claims {
    /** What the store says of a run that was lost with the service. */
    private static final Failure SERVICE_LOST =
            new Failure.WorkerLost("service_lost", null, null, "");

    /** A job that was claimed just now: by its row. */
    record Hold(long job, Ticket ticket, @Nullable TaskClaim first) {}

    record Holds(List<Hold> holds, boolean more, @Nullable Instant nextDue) {}

    private record Candidate(long job, UUID id, int epoch, long size, boolean claimsTask) {}

    private Claims() {}

    static Holds claim(Session session, String pool, Instant now, int limit, long maxBytes)
            throws SQLException {
        var candidates =
                session.list(
                        """
                        SELECT seq, id, epoch, size, verb = 'apply' AND tracked AND NOT once AS claims_task FROM jobs
                        WHERE pool = ? AND claimed = 0 AND finished IS NULL AND due <= ?
                        ORDER BY priority DESC, seq LIMIT ?
                        """,
                        row ->
                                new Candidate(
                                        row.number("seq"),
                                        row.id("id"),
                                        row.integer("epoch"),
                                        row.number("size"),
                                        row.flag("claims_task")),
                        pool,
                        now,
                        limit + 1);
        var holds = new ArrayList<Hold>();
        long bytes = 0;
        for (var candidate : candidates) {
            bytes += candidate.size();
            if (holds.size() == limit || (bytes > maxBytes && !holds.isEmpty())) {
                return new Holds(holds, true, null);
            }
            holds.add(claim(session, candidate, now));
        }
        return new Holds(holds, false, nextDue(session, pool, now));
    }

    private static @Nullable Instant nextDue(Session session, String pool, Instant now)
            throws SQLException {
        return session.first(
                        """
                        SELECT due FROM jobs WHERE pool = ? AND claimed = 0 AND finished IS NULL AND due > ?
                        ORDER BY due LIMIT 1
                        """,
                        row -> row.time("due"),
                        pool,
                        now)
                .orElse(null);
    }

    private static Hold claim(Session session, Candidate candidate, Instant now)
            throws SQLException {
        session.update(
                "UPDATE jobs SET claimed = 1, epoch = epoch + 1 WHERE seq = ? AND claimed = 0 AND finished IS NULL",
                candidate.job());
        var ticket = new Ticket(candidate.id(), candidate.epoch() + 1);
        if (!candidate.claimsTask()) {
            return new Hold(candidate.job(), ticket, null);
        }
        int before =
                session.first(
                                "SELECT attempt FROM tasks WHERE job = ? AND number = 0",
                                row -> row.integer("attempt"),
                                candidate.job())
                        .orElse(0);
        var first = new TaskClaim(0, 0, 1, before + 1);
        TakingIn.claim(session, candidate.job(), first, now);
        return new Hold(candidate.job(), ticket, first);
    }

    /** What is known of those that were claimed. */
    static Batch read(Session session, Holds holds, Values values, InFlight inFlight)
            throws SQLException {
        var jobs = new ArrayList<Claimed>();
        for (var hold : holds.holds()) {
            jobs.add(read(session, hold, values, inFlight));
        }
        return new Batch(jobs, holds.more(), holds.nextDue());
    }

    private static Claimed read(Session session, Hold hold, Values values, InFlight inFlight)
            throws SQLException {
        record Job(io.procpool.job.JobRecord record, boolean tracked, int lost) {}
        var job =
                session.first(
                                "SELECT " + Records.SUMMARY + " WHERE jobs.seq = ?",
                                row ->
                                        new Job(
                                                Records.summary(row),
                                                row.flag("tracked"),
                                                row.integer("lost")),
                                hold.job())
                        .orElseThrow();
        var submission =
                session.first(
                                "SELECT args, kwds, body, file, head FROM submissions WHERE job = ?",
                                row -> Submitted.read(row, values, inFlight.hold()),
                                hold.job())
                        .orElseThrow();
        var tasks =
                session.list(
                        "SELECT * FROM tasks WHERE job = ? ORDER BY place IS NULL, place, number",
                        row -> task(row, values),
                        hold.job());
        return new Claimed(
                job.record(),
                submission,
                hold.ticket(),
                job.tracked(),
                tasks,
                Optional.ofNullable(hold.first()),
                job.lost());
    }

    private static KeptTask task(Row row, Values values) throws SQLException {
        var attempts = Evidence.readAttempts(row.text("attempts"));
        return new KeptTask(
                row.integer("number"),
                row.number("first_item"),
                row.integer("items"),
                row.integer("attempt"),
                attempts.size(),
                attempts,
                row.text("state").equals("ended") ? end(row, values) : null);
    }

    private static Task.End end(Row row, Values values) throws SQLException {
        var inRow = row.bytesOrNull("value");
        var file = row.textOrNull("file");
        var failure = row.textOrNull("failure");
        if (inRow == null && file == null) {
            return new Task.End.Broke(Evidence.readFailure(String.valueOf(failure)));
        }
        Payload value = values.read(inRow, file);
        return new Task.End.Value(
                value, failure == null ? List.of() : Evidence.readItemErrors(failure));
    }

    /** The row of a claimed job, if that claim still holds. */
    static OptionalLong held(Session session, Ticket ticket) throws SQLException {
        var row =
                session.first(
                        "SELECT seq FROM jobs WHERE id = ? AND epoch = ? AND claimed = 1",
                        found -> found.number("seq"),
                        ticket.job(),
                        ticket.epoch());
        return row.isPresent() ? OptionalLong.of(row.get()) : OptionalLong.empty();
    }

    static void claimTasks(Session session, Ticket ticket, List<TaskClaim> claims, Instant now)
            throws SQLException {
        var job = held(session, ticket);
        if (job.isPresent()) {
            for (var claim : claims) {
                TakingIn.claim(session, job.getAsLong(), claim, now);
            }
        }
    }

    static void begun(Session session, Ticket ticket, TaskClaim task, long pid, Instant at)
            throws SQLException {
        var job = held(session, ticket);
        if (job.isEmpty()) {
            return;
        }
        session.update(
                "UPDATE jobs SET state = 'running', started = ? WHERE seq = ? AND state = 'pending'",
                at,
                job.getAsLong());
        session.update(
                "UPDATE tasks SET pid = ?, claimed_at = ? WHERE job = ? AND number = ? AND attempt = ? AND state = 'claimed'",
                pid,
                at,
                job.getAsLong(),
                task.number(),
                task.attempt());
    }

    static void again(Session session, Ticket ticket, TaskClaim task, List<Attempt> attempts)
            throws SQLException {
        var job = held(session, ticket);
        if (job.isPresent()) {
            session.update(
                    "UPDATE tasks SET state = 'waiting', attempts = ? WHERE job = ? AND number = ? AND attempt = ? AND state = 'claimed'",
                    Evidence.attempts(attempts),
                    job.getAsLong(),
                    task.number(),
                    task.attempt());
        }
    }

    private record Lost(long job, int number, Attempt attempt, String before) {}

    /** Touches no final job: none is claimed. */
    static int rescue(Session session, Instant now) throws SQLException {
        var lost =
                session.list(
                        """
                        SELECT tasks.* FROM jobs JOIN tasks ON tasks.job = jobs.seq
                        WHERE jobs.claimed = 1 AND tasks.state = 'claimed'
                        """,
                        row -> lost(row, now));
        for (var task : lost) {
            var attempts = new ArrayList<>(Evidence.readAttempts(task.before()));
            attempts.add(task.attempt());
            session.update(
                    "UPDATE tasks SET state = 'waiting', attempts = ? WHERE job = ? AND number = ? AND attempt = ? AND state = 'claimed'",
                    Evidence.attempts(attempts),
                    task.job(),
                    task.number(),
                    task.attempt().n());
        }
        return session.update(
                """
                UPDATE jobs SET claimed = 0, lost = lost + (tracked = 0)
                WHERE claimed = 1 AND state IN ('pending', 'running')
                """);
    }

    private static Lost lost(Row row, Instant now) throws SQLException {
        var since = row.time("claimed_at");
        var attempt =
                new Attempt(
                        row.integer("attempt"),
                        row.number("first_item"),
                        row.integer("items"),
                        row.number("pid"),
                        0,
                        since,
                        now.isBefore(since) ? since : now,
                        null,
                        null,
                        0,
                        0,
                        "",
                        false,
                        SERVICE_LOST);
        return new Lost(row.number("job"), row.integer("number"), attempt, row.text("attempts"));
    }
}
