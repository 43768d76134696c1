package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Quarantined;
import io.procpool.job.Task;
import io.procpool.job.Ticket;
import io.procpool.problem.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What is written of the tasks of claimed jobs: all of it under the job's epoch, and the task's attempt. */
final class TaskWrites {
    private static final long CLAIM = 200;

    private final Database database;
    private final Clock clock;

    TaskWrites(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** The job's number, if the ticket is the one that counts. */
    static OptionalLong current(Transaction transaction, Ticket ticket) throws SQLException {
        return transaction
                .of("SELECT n FROM job WHERE id = ? AND epoch = ? AND claimed = 1")
                .with(Ids.bytes(ticket.job()))
                .with(ticket.epoch())
                .first(Row::number)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    static void claim(Transaction transaction, long job, TaskClaim task, Instant at)
            throws SQLException {
        if (task.attempt() == 1) {
            claimFirst(transaction, job, task, at);
        } else {
            claimNext(transaction, job, task, at);
        }
    }

    private static void claimFirst(Transaction transaction, long job, TaskClaim task, Instant at)
            throws SQLException {
        transaction
                .of(
                        """
                        INSERT INTO task (job, number, first_item, items, attempt, state,
                            claimed_at, attempts)
                        VALUES (?, ?, ?, ?, 1, 'claimed', ?, '[]')
                        ON CONFLICT (job, number) DO NOTHING
                        """)
                .with(job)
                .with(task.number())
                .with(task.firstItem())
                .with(task.items())
                .with(Times.nanos(at))
                .run();
    }

    /** Nobody claims the same attempt twice, and none is left out. */
    private static void claimNext(Transaction transaction, long job, TaskClaim task, Instant at)
            throws SQLException {
        transaction
                .of(
                        """
                        UPDATE task SET attempt = ?, state = 'claimed', claimed_at = ?,
                            began_at = NULL, pid = NULL
                        WHERE job = ? AND number = ? AND state = 'waiting' AND attempt = ?
                        """)
                .with(task.attempt())
                .with(Times.nanos(at))
                .with(job)
                .with(task.number())
                .with(task.attempt() - 1)
                .run();
    }

    CompletionStage<Void> claim(Ticket ticket, List<TaskClaim> claims) {
        return later(
                transaction -> {
                    var job = current(transaction, ticket);
                    if (job.isPresent()) {
                        for (var claim : claims) {
                            claim(transaction, job.getAsLong(), claim, clock.instant());
                        }
                    }
                    return true;
                },
                CLAIM * claims.size());
    }

    private CompletionStage<Void> later(Write.Work<Boolean> work, long weight) {
        return database.changeLater(work, weight).thenAccept(_ -> {});
    }

    CompletionStage<Void> begun(Ticket ticket, TaskClaim task, long pid, Instant at) {
        return later(
                transaction -> {
                    begin(transaction, ticket, task, pid, Times.nanos(at));
                    return true;
                },
                CLAIM);
    }

    private static void begin(
            Transaction transaction, Ticket ticket, TaskClaim task, long pid, long at)
            throws SQLException {
        var job = current(transaction, ticket);
        if (job.isEmpty()) {
            return;
        }
        long n = job.getAsLong();
        int tasks =
                transaction
                        .of(
                                """
                                UPDATE task SET began_at = ?, pid = ?
                                WHERE job = ? AND number = ? AND attempt = ? AND state = 'claimed'
                                """)
                        .with(at)
                        .with(pid)
                        .with(n)
                        .with(task.number())
                        .with(task.attempt())
                        .run();
        transaction
                .of(
                        """
                        UPDATE job SET state = 'running', started = ?, version = version + 1
                        WHERE n = ? AND state = 'pending' AND (tracked = 0 OR ?)
                        """)
                .with(at)
                .with(n)
                .with(tasks > 0)
                .run();
    }

    CompletionStage<Void> ended(
            Ticket ticket,
            TaskClaim task,
            Task.End end,
            List<Attempt> attempts,
            int place,
            @Nullable Quarantined quarantined) {
        var values = database.values();
        try {
            var value =
                    end instanceof Task.End.Value(var bytes, _)
                            ? Content.wanted(values, bytes)
                            : null;
            var cases =
                    Quarantine.cases(
                            quarantined == null ? List.of() : List.of(quarantined), values);
            var written = new Ended(ticket, task, end, attempts, place, value, cases);
            var stage = database.<Boolean>changeLater(written::write, written.weight());
            return stage.thenAccept(written::over);
        } catch (IOException failure) {
            return CompletableFuture.failedFuture(database.failed(failure));
        }
    }

    private record Ended(
            Ticket ticket,
            TaskClaim task,
            Task.End end,
            List<Attempt> attempts,
            int place,
            @Nullable Content value,
            List<Quarantine.Case> cases) {

        long weight() {
            return CLAIM
                    + (value == null ? 0 : value.size())
                    + cases.stream().mapToLong(one -> one.body().size()).sum();
        }

        boolean write(Transaction transaction) throws SQLException, IOException {
            var job = current(transaction, ticket);
            if (job.isEmpty()) {
                return false;
            }
            if (value != null) {
                value.ensure();
            }
            var problem = end instanceof Task.End.Broke(Failure why) ? why : null;
            int tasks =
                    transaction
                            .of(
                                    """
                                    UPDATE task SET state = 'ended', place = ?, attempts = ?, problem = ?,
                                        errors = ?, file = ?, value = ?
                                    WHERE job = ? AND number = ? AND attempt = ? AND state = 'claimed'
                                    """)
                            .with(place)
                            .with(EvidenceJson.attempts(attempts))
                            .with(FailureJson.textOrNull(problem))
                            .with(
                                    end instanceof Task.End.Value(_, var errors)
                                            ? EvidenceJson.errors(errors)
                                            : null)
                            .with(value == null ? null : value.file())
                            .with(value == null ? null : value.inline())
                            .with(job.getAsLong())
                            .with(task.number())
                            .with(task.attempt())
                            .run();
            if (tasks == 0) {
                return false;
            }
            transaction
                    .of("UPDATE job SET done = done + ?, version = version + 1 WHERE n = ?")
                    .with(task.items())
                    .with(job.getAsLong())
                    .run();
            Quarantine.insert(transaction, cases);
            return true;
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

    CompletionStage<Void> again(Ticket ticket, TaskClaim task, List<Attempt> attempts) {
        return later(
                transaction -> {
                    transaction
                            .of(
                                    """
                                    UPDATE task SET state = 'waiting', attempts = ?
                                    WHERE job = (SELECT n FROM job
                                            WHERE id = ? AND epoch = ? AND claimed = 1)
                                        AND number = ? AND attempt = ? AND state = 'claimed'
                                    """)
                            .with(EvidenceJson.attempts(attempts))
                            .with(Ids.bytes(ticket.job()))
                            .with(ticket.epoch())
                            .with(task.number())
                            .with(task.attempt())
                            .run();
                    countRuns(transaction, ticket, task.attempt(), attempts);
                    return true;
                },
                CLAIM);
    }

    /** Of a job whose tasks are not kept. */
    private static void countRuns(
            Transaction transaction, Ticket ticket, int runs, List<Attempt> attempts)
            throws SQLException {
        int counted =
                transaction
                        .of(
                                """
                                UPDATE job SET runs = ?
                                WHERE id = ? AND epoch = ? AND claimed = 1 AND tracked = 0
                                    AND runs < ?
                                """)
                        .with(runs)
                        .with(Ids.bytes(ticket.job()))
                        .with(ticket.epoch())
                        .with(runs)
                        .run();
        if (counted == 0) {
            return;
        }
        var call =
                transaction
                        .of("SELECT n FROM job WHERE id = ? AND verb = 'APPLY'")
                        .with(Ids.bytes(ticket.job()))
                        .first(Row::number);
        if (call.isPresent()) {
            Evidence.attempts(transaction, call.get(), attempts);
        }
    }
}
