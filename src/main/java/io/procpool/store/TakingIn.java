package io.procpool.store;

import io.procpool.job.Delivery;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.Entry;
import io.procpool.job.JobStore.TaskClaim;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes jobs that are new. Runs on the writer. */
final class TakingIn {
    /** A job with its body as it is to be written. */
    record Draft(Entry entry, Submitted submitted) {}

    private TakingIn() {}

    static Accepted look(Session session, JobStore.Key key) throws SQLException {
        record Known(String fingerprint, String answer) {}
        var known =
                session.first(
                        "SELECT fingerprint, answer FROM keys WHERE key = ?",
                        row -> new Known(row.text("fingerprint"), row.text("answer")),
                        key.text());
        if (known.isEmpty()) {
            return new Accepted.Taken();
        }
        return known.get().fingerprint().equals(key.fingerprint())
                ? new Accepted.Replayed(known.get().answer())
                : new Accepted.Conflict();
    }

    /** All or none. */
    static Accepted accept(
            Session session, List<Draft> drafts, JobStore.@Nullable Key key, Instant now)
            throws SQLException {
        if (key != null && !(look(session, key) instanceof Accepted.Taken)) {
            return look(session, key);
        }
        for (var draft : drafts) {
            if (isTaken(session, draft.entry().record().id())) {
                return new Accepted.Conflict();
            }
            if (draft.entry().releases() != null && !release(session, draft.entry().releases())) {
                return new Accepted.NotQuarantined();
            }
        }
        for (var draft : drafts) {
            insert(session, draft, now);
        }
        if (key != null) {
            session.update(
                    "INSERT INTO keys (key, fingerprint, answer, created, job) VALUES (?, ?, ?, ?, ?)",
                    key.text(),
                    key.fingerprint(),
                    key.answer(),
                    now,
                    drafts.isEmpty() ? null : drafts.getFirst().entry().record().id());
        }
        return new Accepted.Taken();
    }

    private static boolean isTaken(Session session, UUID id) throws SQLException {
        return session.first(
                        """
                        SELECT 1 AS taken FROM jobs WHERE id = ?1
                        UNION ALL SELECT 1 FROM tombstones WHERE id = ?1
                        """,
                        _ -> true,
                        id)
                .isPresent();
    }

    /** The file of its body is swept with the next start: the release has a copy. */
    private static boolean release(Session session, UUID quarantined) throws SQLException {
        return session.update("DELETE FROM quarantine WHERE id = ?", quarantined) == 1;
    }

    private static void insert(Session session, Draft draft, Instant now) throws SQLException {
        var entry = draft.entry();
        var record = entry.record();
        var submission = entry.submission();
        var expires = submission.expiresIn();
        session.update(
                """
                INSERT INTO jobs (id, pool, verb, func, collect, created, state, started, items, done, version,
                    labels, retry_of, priority, once, size, due, expires, claimed, epoch, tracked, lost)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                """,
                record.id(),
                record.pool(),
                record.verb().label(),
                record.func(),
                record.collect(),
                record.created(),
                record.state().label(),
                JobState.started(record.state()),
                record.items(),
                record.done(),
                record.version(),
                Evidence.labels(record.labels()),
                record.retryOf(),
                submission.priority(),
                submission.terms().delivery() == Delivery.AT_MOST_ONCE,
                submission.size(),
                submission.terms().notBefore() == null
                        ? record.created()
                        : submission.terms().notBefore(),
                expires == null ? null : record.created().plus(expires),
                entry.claimed(),
                entry.claimed() ? 1 : 0,
                entry.tracked());
        long job = lastRow(session);
        insertRest(session, job, draft, record);
        var first = entry.first();
        if (first.isPresent()) {
            claim(session, job, first.get(), now);
        }
    }

    private static long lastRow(Session session) throws SQLException {
        return session.first("SELECT last_insert_rowid() AS seq", row -> row.number("seq"))
                .orElseThrow();
    }

    private static void insertRest(Session session, long job, Draft draft, JobRecord record)
            throws SQLException {
        var submitted = draft.submitted();
        session.update(
                "INSERT INTO submissions (job, args, kwds, body, file, head) VALUES (?, ?, ?, ?, ?, ?)",
                job,
                submitted.args(),
                submitted.kwds(),
                submitted.body().row(),
                submitted.body().file(),
                submitted.head());
        for (var label : record.labels().entrySet()) {
            session.update(
                    "INSERT INTO labels (job, name, value) VALUES (?, ?, ?)",
                    job,
                    label.getKey(),
                    label.getValue());
        }
        if (!record.attempts().isEmpty()) { // a job that is kept has run
            session.update(
                    "INSERT INTO outcomes (job, evidence) VALUES (?, ?)", job, Evidence.of(record));
        }
    }

    static void claim(Session session, long job, TaskClaim task, Instant now) throws SQLException {
        session.update(
                """
                INSERT INTO tasks (job, number, first_item, items, state, attempt, claimed_at, pid, attempts)
                VALUES (?, ?, ?, ?, 'claimed', ?, ?, 0, '[]')
                ON CONFLICT (job, number) DO UPDATE
                    SET state = 'claimed', attempt = excluded.attempt, claimed_at = excluded.claimed_at, pid = 0
                    WHERE tasks.state = 'waiting' AND tasks.attempt < excluded.attempt
                """,
                job,
                task.number(),
                task.firstItem(),
                task.items(),
                task.attempt(),
                now);
    }

    static void withdraw(Session session, UUID id) throws SQLException {
        if (session.update("DELETE FROM jobs WHERE id = ? AND finished IS NULL", id) == 1) {
            session.update("DELETE FROM keys WHERE job = ?", id);
        }
    }
}
