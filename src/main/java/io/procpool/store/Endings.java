package io.procpool.store;

import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Quarantined;
import io.procpool.job.Ticket;
import io.procpool.problem.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Jobs come to their end: once. */
final class Endings {
    private static final long RECORD = 1_000;
    private static final String UNCLAIMED =
            "SELECT " + StoredJob.COLUMNS + ", j.expires_in" + StoredJob.FROM;

    private final Database database;

    Endings(Database database) {
        this.database = database;
    }

    /** A final record and what belongs to it, whose files are written or will be. */
    private record Finish(
            Ticket ticket,
            JobRecord record,
            @Nullable TaskClaim last,
            @Nullable Content value,
            List<Quarantine.Case> cases) {

        long weight() {
            return RECORD
                    + (value == null ? 0 : value.size())
                    + cases.stream().mapToLong(one -> one.body().size()).sum();
        }

        boolean write(Transaction transaction) throws SQLException, IOException {
            var job = TaskWrites.current(transaction, ticket);
            if (job.isEmpty() || !isLast(transaction, job.getAsLong())) {
                return false;
            }
            boolean ended =
                    Endings.end(transaction, job.getAsLong(), record, value, ticket.epoch());
            if (ended) {
                Quarantine.insert(transaction, cases);
            }
            return ended;
        }

        private boolean isLast(Transaction transaction, long job) throws SQLException {
            return last == null
                    || transaction
                            .of(
                                    """
                                    SELECT 1 FROM job WHERE n = ? AND (tracked = 0 OR EXISTS (
                                        SELECT 1 FROM task WHERE job = ? AND number = ? AND attempt = ?
                                            AND state <> 'waiting'))
                                    """)
                            .with(job)
                            .with(job)
                            .with(last.number())
                            .with(last.attempt())
                            .first(Row::number)
                            .isPresent();
        }

        void over(boolean written) {
            if (!written) {
                cases.forEach(one -> one.body().content().discard());
                if (value != null) {
                    value.discard();
                }
            }
        }
    }

    CompletionStage<Boolean> finish(
            Ticket ticket,
            JobRecord record,
            @Nullable TaskClaim last,
            List<Quarantined> quarantined) {
        var values = database.values();
        try {
            var finish =
                    new Finish(
                            ticket,
                            record,
                            last,
                            Evidence.value(record.state(), values),
                            Quarantine.cases(quarantined, values));
            return database.<Boolean>changeLater(finish::write, finish.weight())
                    .thenApply(
                            written -> {
                                finish.over(written);
                                return written;
                            });
        } catch (IOException failure) {
            return CompletableFuture.failedFuture(database.failed(failure));
        }
    }

    private static boolean end(
            Transaction transaction, long n, JobRecord record, @Nullable Content value, int epoch)
            throws SQLException, IOException {
        if (!(record.state() instanceof JobState.Final end)) {
            throw new IllegalArgumentException("not final: " + record.id());
        }
        if (value != null) {
            value.ensure();
        }
        int jobs =
                transaction
                        .of(
                                """
                                UPDATE job SET state = ?, started = ?, finished = ?, items = ?, done = ?,
                                    version = ?, async = ?, claimed = 0
                                WHERE n = ? AND epoch = ? AND state IN ('pending', 'running')
                                """)
                        .with(end.label())
                        .with(Times.nanosOrNull(end.started()))
                        .with(Times.nanos(end.finished()))
                        .with(record.items())
                        .with(record.done())
                        .with(record.version())
                        .with(record.async())
                        .with(n)
                        .with(epoch)
                        .run();
        if (jobs == 0) {
            return false;
        }
        Evidence.insert(transaction, n, record, value);
        Removal.dropTasks(transaction, n);
        return true;
    }

    // --- jobs that nobody has claimed

    /** Ends one whose rows can't be read, whatever is wrong with them. */
    static void endUnread(Transaction transaction, long n, Failure why, Instant at)
            throws SQLException {
        transaction
                .of(
                        """
                        UPDATE job SET state = 'failed', finished = ?, version = version + 1,
                            epoch = epoch + 1, claimed = 0, labels = NULL, retry_of = NULL,
                            verb = CASE WHEN verb IN ('APPLY', 'MAP', 'STARMAP', 'IMAP', 'IMAP_UNORDERED')
                                THEN verb ELSE 'APPLY' END
                        WHERE n = ? AND finished IS NULL
                        """)
                .with(Times.nanos(at))
                .with(n)
                .run();
        transaction
                .of("INSERT OR REPLACE INTO evidence (job, attempts, problem) VALUES (?, '[]', ?)")
                .with(n)
                .with(FailureJson.textOrNull(why))
                .run();
        Removal.dropTasks(transaction, n);
    }

    private record Unclaimed(StoredJob job, @Nullable Long expiresIn) {
        static Unclaimed read(Row row) throws SQLException {
            return new Unclaimed(StoredJob.withoutValue(row), row.numberOrNull());
        }
    }

    private static JobRecord end(
            Transaction transaction, StoredJob job, JobState.Final end, @Nullable Content value)
            throws SQLException, IOException {
        var before = Evidence.gathered(transaction.sql(), job);
        var record = before.with(end, before.version() + 1);
        int epoch =
                transaction
                        .of("SELECT epoch FROM job WHERE n = ?")
                        .with(job.n())
                        .first(Row::integer)
                        .orElseThrow();
        end(transaction, job.n(), record, value, epoch);
        return record;
    }

    Optional<JobRecord> end(UUID id, JobState.Final end) {
        try {
            var value = Evidence.value(end, database.values());
            var ended =
                    database.<Optional<JobRecord>>change(
                            transaction -> {
                                var job =
                                        transaction
                                                .of(
                                                        UNCLAIMED
                                                                + "WHERE j.id = ? AND j.claimed = 0 AND j.finished IS NULL")
                                                .with(Ids.bytes(id))
                                                .first(Unclaimed::read);
                                return job.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(
                                                end(transaction, job.get().job(), end, value));
                            });
            if (ended.isEmpty() && value != null) {
                value.discard();
            }
            return ended;
        } catch (IOException failure) {
            throw database.failed(failure);
        }
    }

    List<JobRecord> endAll(String pool, Failure why, Instant at, int limit) {
        return database.<List<JobRecord>>change(
                transaction -> {
                    var jobs = unclaimed(transaction, pool, "IS NULL", limit);
                    jobs.addAll(unclaimed(transaction, pool, "IS NOT NULL", limit - jobs.size()));
                    var ended = new ArrayList<JobRecord>();
                    for (var job : jobs) {
                        var started = JobState.started(job.record().state());
                        ended.add(
                                bare(
                                        end(
                                                transaction,
                                                job,
                                                new JobState.Failed(started, at, why),
                                                null)));
                    }
                    return ended;
                },
                limit * RECORD);
    }

    /** Without the evidence: there may be very many. */
    private static JobRecord bare(JobRecord ended) {
        return ended.with(List.of());
    }

    /** In two steps, as each has its index. */
    private static List<StoredJob> unclaimed(
            Transaction transaction, String pool, String due, int limit) throws SQLException {
        return transaction
                .of(
                        "SELECT "
                                + StoredJob.COLUMNS
                                + StoredJob.FROM
                                + "WHERE j.pool = ? AND j.claimed = 0 AND j.finished IS NULL AND j.due "
                                + due
                                + " LIMIT ?")
                .with(pool)
                .with(limit)
                .all(StoredJob::withoutValue);
    }

    List<JobRecord> lapse(Instant now, int limit) {
        return database.<List<JobRecord>>change(
                transaction -> {
                    var jobs =
                            transaction
                                    .of(
                                            UNCLAIMED
                                                    + """
                                                    WHERE j.claimed = 0 AND j.state = 'pending'
                                                        AND j.lapses IS NOT NULL AND j.lapses <= ?
                                                    ORDER BY j.lapses LIMIT ?
                                                    """)
                                    .with(Times.nanos(now))
                                    .with(limit)
                                    .all(Unclaimed::read);
                    var ended = new ArrayList<JobRecord>();
                    for (var one : jobs) {
                        var patience = one.expiresIn();
                        var after = Duration.ofNanos(patience == null ? 0 : patience);
                        ended.add(
                                bare(
                                        end(
                                                transaction,
                                                one.job(),
                                                new JobState.Expired(now, after),
                                                null)));
                    }
                    return ended;
                },
                limit * RECORD);
    }
}
