package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.Entry;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs come in: all of a request in one transaction, with its key. */
final class TakingIn {
    private static final int ROW = 1_000;

    private final Database database;
    private final Clock clock;
    private final long limit;

    /** The number of the next job. Touched by the writer's thread only. */
    private long next;

    /** @param limit bytes, beyond which nothing is taken */
    TakingIn(Database database, Clock clock, long limit) {
        this.database = database;
        this.clock = clock;
        this.limit = limit;
        // Above those of tasks, too: some may outlive their job for a while.
        this.next =
                database.<Long>read(
                        sql ->
                                sql.of(
                                                """
                                                SELECT max(coalesce((SELECT max(n) FROM job), 0),
                                                    coalesce((SELECT max(job) FROM task), 0),
                                                    coalesce((SELECT max(job) FROM leftover), 0)) + 1
                                                """)
                                        .first(Row::number)
                                        .orElse(1L));
    }

    private record New(Entry entry, Body body) {}

    Accepted accept(List<Entry> entries, JobStore.@Nullable Key key) {
        long size = entries.stream().mapToLong(entry -> ROW + entry.submission().size()).sum();
        if (database.bytes() + size > limit) {
            throw new Refused(Condition.beyond(limit));
        }
        var bodies = new ArrayList<New>();
        boolean kept = false;
        try {
            for (var entry : entries) {
                bodies.add(new New(entry, new Body(entry.submission(), database.values(), false)));
            }
            var accepted =
                    database.<Accepted>add(transaction -> take(transaction, bodies, key), size);
            kept = accepted instanceof Accepted.Taken;
            return accepted;
        } catch (Refused refused) {
            // After a failed commit nobody knows: the next start finds out whether a row names
            // them.
            kept = refused.problem() instanceof Refusal.StoreFailed;
            throw refused;
        } catch (IOException failure) {
            throw database.failed(failure);
        } finally {
            if (!kept) {
                bodies.forEach(one -> one.body().content().discard());
            }
        }
    }

    private Accepted take(Transaction transaction, List<New> jobs, JobStore.@Nullable Key key)
            throws SQLException {
        if (key != null) {
            var known = look(transaction.of(Keys.LOOK), key);
            if (!(known instanceof Accepted.Taken)) {
                return known;
            }
        }
        var ids = new HashSet<UUID>();
        for (var job : jobs) {
            var id = job.entry().record().id();
            if (!ids.add(id) || isKnown(transaction, id)) {
                return new Accepted.Conflict();
            }
        }
        var releases =
                jobs.stream().map(job -> job.entry().releases()).filter(Objects::nonNull).toList();
        if (!areQuarantined(transaction, releases)) {
            return new Accepted.NotQuarantined();
        }
        for (var id : releases) {
            Quarantine.delete(transaction, id);
        }
        var keyNumber = key == null ? null : Keys.insert(transaction, key, clock.instant());
        for (var job : jobs) {
            insert(transaction, job, keyNumber);
        }
        return new Accepted.Taken();
    }

    static Accepted look(Statement statement, JobStore.Key key) throws SQLException {
        Optional<Accepted> known =
                statement
                        .with(key.text())
                        .first(
                                row ->
                                        row.text().equals(key.fingerprint())
                                                ? new Accepted.Replayed(row.text())
                                                : new Accepted.Conflict());
        return known.orElse(new Accepted.Taken());
    }

    private static boolean isKnown(Transaction transaction, UUID id) throws SQLException {
        var bytes = Ids.bytes(id);
        return transaction
                        .of("SELECT n FROM job WHERE id = ?")
                        .with(bytes)
                        .first(Row::number)
                        .isPresent()
                || transaction
                        .of("SELECT at FROM tombstone WHERE id = ?")
                        .with(bytes)
                        .first(Row::number)
                        .isPresent();
    }

    /** Looked at before anything is written: what is refused must leave no trace. */
    private static boolean areQuarantined(Transaction transaction, List<UUID> ids)
            throws SQLException {
        for (var id : ids) {
            var there =
                    transaction
                            .of("SELECT n FROM quarantine WHERE id = ?")
                            .with(Ids.bytes(id))
                            .first(Row::number);
            if (there.isEmpty()) {
                return false;
            }
        }
        return new HashSet<>(ids).size() == ids.size();
    }

    private void insert(Transaction transaction, New job, @Nullable Long key) throws SQLException {
        long n = next++;
        var entry = job.entry();
        insertJob(transaction, n, job, key);
        job.body()
                .bind(
                        transaction
                                .of(
                                        "INSERT INTO body (job, "
                                                + Body.COLUMNS
                                                + ") VALUES (?, ?, ?, ?, ?, ?)")
                                .with(n))
                .run();
        var record = entry.record();
        if (!record.attempts().isEmpty()
                || record.progress() != null
                || record.arrivals() != null) {
            Evidence.insert(transaction, n, record, null);
        }
        Labels.insert(transaction, record);
        var first = entry.first();
        if (first.isPresent()) {
            insertTask(transaction, n, first.get(), Times.nanos(record.created()));
        }
    }

    private static void insertTask(Transaction transaction, long n, TaskClaim task, long at)
            throws SQLException {
        transaction
                .of(
                        """
                        INSERT INTO task (job, number, first_item, items, attempt, state,
                            claimed_at, attempts)
                        VALUES (?, ?, ?, ?, ?, 'claimed', ?, '[]')
                        """)
                .with(n)
                .with(task.number())
                .with(task.firstItem())
                .with(task.items())
                .with(task.attempt())
                .with(at)
                .run();
    }

    private static void insertJob(Transaction transaction, long n, New job, @Nullable Long key)
            throws SQLException {
        var entry = job.entry();
        var record = entry.record();
        var submission = entry.submission();
        long created = Times.nanos(record.created());
        var notBefore = submission.terms().notBefore();
        var expiresIn = submission.expiresIn();
        var patience = expiresIn == null ? null : Times.length(expiresIn);
        transaction
                .of(
                        """
                        INSERT INTO job (n, id, pool, verb, func, collect, async, created, state,
                            started, items, done, version, labels, retry_of, epoch, claimed, tracked,
                            runs, priority, due, lapses, expires_in, size, key)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .with(n)
                .with(Ids.bytes(record.id()))
                .with(record.pool())
                .with(record.verb().name())
                .with(record.func())
                .with(record.collect())
                .with(record.async())
                .with(created)
                .with(record.state().label())
                .with(Times.nanosOrNull(JobState.started(record.state())))
                .with(record.items())
                .with(record.done())
                .with(record.version())
                .with(Labels.write(record.labels()))
                .with(record.retryOf() == null ? null : Ids.bytes(record.retryOf()))
                .with(entry.claimed() ? 1 : 0)
                .with(entry.claimed())
                .with(entry.tracked())
                .with(failedRuns(record))
                .with(submission.priority())
                .with(entry.claimed() ? null : Times.nanosOrNull(notBefore))
                .with(patience == null ? null : lapses(created, patience))
                .with(patience)
                .with(job.body().size())
                .with(key)
                .run();
    }

    /** That somebody has waited for, so that they are on no other record. */
    private static int failedRuns(JobRecord record) {
        return record.attempts().stream()
                .filter(run -> run.problem() != null)
                .mapToInt(Attempt::n)
                .max()
                .orElse(0);
    }

    /** Null: so late that it never does. */
    private static @Nullable Long lapses(long created, long patience) {
        long lapses = created + patience;
        return lapses < created ? null : Long.valueOf(lapses);
    }
}
