package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.problem.Failure;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Voids the claims of services that are gone. */
final class Rescue {
    private static final int EPOCH_BITS = 24;

    private Rescue() {}

    private record Lost(
            long n,
            int attempt,
            long firstItem,
            int items,
            Instant claimed,
            @Nullable Instant began,
            @Nullable Long pid,
            String attempts) {
        static Lost read(Row row) throws SQLException {
            return new Lost(
                    row.number(),
                    row.integer(),
                    row.number(),
                    row.integer(),
                    row.time(),
                    row.timeOrNull(),
                    row.numberOrNull(),
                    row.text());
        }

        List<Attempt> evidence(Instant now) {
            var all = new ArrayList<Attempt>(EvidenceJson.attempts(attempts));
            all.add(
                    new Attempt(
                            attempt,
                            firstItem,
                            items,
                            pid == null ? 0 : pid,
                            0,
                            Objects.requireNonNullElse(began, claimed),
                            now,
                            null,
                            null,
                            0,
                            0,
                            "",
                            false,
                            Failure.WorkerLost.withTheService()));
            return all;
        }
    }

    /** Whose tasks are not kept. */
    private static List<Lost> lostCalls(Transaction transaction) throws SQLException {
        return transaction
                .of(
                        """
                        SELECT j.n, j.runs + 1, 0, 1, coalesce(j.started, j.created), NULL, NULL,
                            coalesce(e.attempts, '[]')
                        FROM job j LEFT JOIN evidence e ON e.job = j.n
                        WHERE j.claimed = 1 AND j.tracked = 0 AND j.verb = 'APPLY'
                            AND j.finished IS NULL
                        """)
                .all(Lost::read);
    }

    static int all(Transaction transaction, Instant now) throws SQLException {
        var lost =
                transaction
                        .of(
                                """
                                SELECT n, attempt, first_item, items, claimed_at, began_at, pid, attempts
                                FROM task WHERE state = 'claimed'
                                    AND job IN (SELECT n FROM job WHERE claimed = 1)
                                """)
                        .all(Lost::read);
        for (var task : lost) {
            transaction
                    .of(
                            "UPDATE task SET state = 'waiting', attempts = ? WHERE n = ? AND state = 'claimed'")
                    .with(EvidenceJson.attempts(task.evidence(now)))
                    .with(task.n())
                    .run();
        }
        for (var call : lostCalls(transaction)) {
            Evidence.attempts(transaction, call.n(), call.evidence(now));
        }
        // Above all versions that were shown under the claim: Ticket.restingVersion.
        return transaction
                .of(
                        """
                        UPDATE job SET claimed = 0, version = (epoch + 1) << ?,
                            runs = runs + (1 - tracked)
                        WHERE claimed = 1 AND finished IS NULL
                        """)
                .with(EPOCH_BITS)
                .run();
    }
}
