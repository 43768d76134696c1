package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Quarantined;
import io.procpool.job.Task;
import io.procpool.job.Ticket;
import io.procpool.problem.Failure;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes what tasks and jobs have come to. Runs on the writer. What is not wanted any more are names of files, for when that is committed. */
final class Endings {
    private static final Values.Kept NOTHING = new Values.Kept(null, null);

    /**
     * A task's end as a row has it.
     *
     * @param failure as JSON text: how it failed, or which of its items did
     */
    record KeptEnd(Values.Kept value, @Nullable String failure) {
        static KeptEnd of(Task.End end, Values values) {
            return switch (end) {
                case Task.End.Value(var value, var errors) ->
                        new KeptEnd(
                                values.keep(value),
                                errors.isEmpty() ? null : Evidence.itemErrors(errors));
                case Task.End.Broke(var problem) -> new KeptEnd(NOTHING, Evidence.failure(problem));
            };
        }
    }

    /** A quarantined task with its body as it is to be written. */
    record KeptQuarantined(Quarantined task, Submitted submitted) {}

    /**
     * What a write has made of files.
     *
     * @param done whether what was to be written was
     */
    record Swept(boolean done, List<String> files) {}

    private Endings() {}

    static Swept ended(
            Session session,
            Ticket ticket,
            TaskClaim task,
            KeptEnd end,
            List<Attempt> attempts,
            int place,
            @Nullable KeptQuarantined quarantined)
            throws SQLException {
        var job = Claims.held(session, ticket);
        boolean done =
                job.isPresent()
                        && session.update(
                                        """
                                        UPDATE tasks SET state = 'ended', attempts = ?, place = ?, value = ?, file = ?, failure = ?
                                        WHERE job = ? AND number = ? AND attempt = ? AND state = 'claimed'
                                        """,
                                        Evidence.attempts(attempts),
                                        place,
                                        end.value().row(),
                                        end.value().file(),
                                        end.failure(),
                                        job.getAsLong(),
                                        task.number(),
                                        task.attempt())
                                == 1;
        if (!done) {
            return new Swept(false, files(end.value()));
        }
        session.update(
                "UPDATE jobs SET done = done + ? WHERE seq = ?", task.items(), job.getAsLong());
        if (quarantined != null) {
            quarantine(session, quarantined);
        }
        return new Swept(true, List.of());
    }

    private static List<String> files(Values.Kept value) {
        return value.file() == null ? List.of() : List.of(value.file());
    }

    private static void quarantine(Session session, KeptQuarantined kept) throws SQLException {
        var task = kept.task();
        var submitted = kept.submitted();
        session.update(
                """
                INSERT INTO quarantine (id, job, at, first_item, items, attempts, args, kwds, body, file, head)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                task.id(),
                task.job(),
                task.at(),
                task.firstItem(),
                task.items(),
                Evidence.attempts(task.attempts()),
                submitted.args(),
                submitted.kwds(),
                submitted.body().row(),
                submitted.body().file(),
                submitted.head());
    }

    static Swept finish(
            Session session,
            Ticket ticket,
            JobRecord record,
            Values.Kept value,
            @Nullable TaskClaim last,
            List<KeptQuarantined> quarantined)
            throws SQLException {
        var job = Claims.held(session, ticket);
        if (job.isEmpty()
                || (last != null && !holds(session, job.getAsLong(), last))
                || !close(session, job.getAsLong(), record, value)) {
            return new Swept(false, files(value));
        }
        for (var task : quarantined) {
            quarantine(session, task);
        }
        return new Swept(true, clear(session, job.getAsLong()));
    }

    private static boolean holds(Session session, long job, TaskClaim task) throws SQLException {
        return session.first(
                        "SELECT 1 AS holds FROM tasks WHERE job = ? AND number = ? AND attempt = ? AND state <> 'ended'",
                        _ -> true,
                        job,
                        task.number(),
                        task.attempt())
                .isPresent();
    }

    /** Gives a job its end, once. */
    private static boolean close(Session session, long job, JobRecord record, Values.Kept value)
            throws SQLException {
        var end = (JobState.Final) record.state();
        int rows =
                session.update(
                        """
                        UPDATE jobs SET state = ?, started = ?, finished = ?, done = ?, version = ?, claimed = 0
                        WHERE seq = ? AND state IN ('pending', 'running')
                        """,
                        end.label(),
                        end.started(),
                        end.finished(),
                        record.done(),
                        record.version(),
                        job);
        if (rows == 1) {
            session.update(
                    "INSERT OR REPLACE INTO outcomes (job, value, file, arrivals, evidence) VALUES (?, ?, ?, ?, ?)",
                    job,
                    value.row(),
                    value.file(),
                    record.arrivals() == null ? null : record.arrivals().toByteArray(),
                    Evidence.of(record));
        }
        return rows == 1;
    }

    /** What an unfinished job needs, a final one does not. */
    private static List<String> clear(Session session, long job) throws SQLException {
        var files =
                new ArrayList<>(
                        session.list(
                                """
                                SELECT file FROM submissions WHERE job = ?1 AND file IS NOT NULL
                                UNION ALL SELECT file FROM tasks WHERE job = ?1 AND file IS NOT NULL
                                """,
                                row -> row.text("file"),
                                job));
        session.update("DELETE FROM submissions WHERE job = ?", job);
        session.update("DELETE FROM tasks WHERE job = ?", job);
        return files;
    }

    // --- of jobs that nobody has claimed

    /** Those that got an end, with what is not wanted any more. */
    record Ended(List<JobRecord> records, List<String> files) {}

    private record Found(long job, JobRecord record, @Nullable Instant expires) {}

    private static final String UNCLAIMED =
            "SELECT " + Records.SUMMARY + " WHERE claimed = 0 AND finished IS NULL AND ";

    private static Found found(Session.Row row) throws SQLException {
        return new Found(row.number("seq"), Records.summary(row), row.timeOrNull("expires"));
    }

    static Optional<Ended> end(Session session, UUID id, JobState.Final end) throws SQLException {
        var found = session.first(UNCLAIMED + "id = ?", Endings::found, id);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(endAll(session, List.of(found.get()), _ -> end));
    }

    static Ended endAll(Session session, String pool, Failure why, Instant at, int limit)
            throws SQLException {
        var found = session.list(UNCLAIMED + "pool = ? LIMIT ?", Endings::found, pool, limit);
        return endAll(
                session,
                found,
                one -> new JobState.Failed(JobState.started(one.record().state()), at, why));
    }

    static Ended lapse(Session session, Instant now, int limit) throws SQLException {
        var found =
                session.list(
                        UNCLAIMED + "state = 'pending' AND expires <= ? LIMIT ?",
                        Endings::found,
                        now,
                        limit);
        return endAll(
                session,
                found,
                one ->
                        new JobState.Expired(
                                now,
                                Duration.between(
                                        one.record().created(),
                                        Objects.requireNonNull(one.expires()))));
    }

    private interface Fate {
        JobState.Final of(Found job);
    }

    private static Ended endAll(Session session, List<Found> found, Fate fate) throws SQLException {
        var records = new ArrayList<JobRecord>();
        var files = new ArrayList<String>();
        for (var one : found) {
            var attempts = Reading.attempts(session, one.job());
            var ended = Records.ended(Records.withAttempts(one.record(), attempts), fate.of(one));
            if (close(session, one.job(), ended, NOTHING)) {
                files.addAll(clear(session, one.job()));
                records.add(ended);
            }
        }
        return new Ended(records, files);
    }
}
