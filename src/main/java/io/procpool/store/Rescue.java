package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.problem.Failure;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
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

        String evidence(Instant now) {
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
                            new Failure.WorkerLost("service_lost", null, null, "")));
            return EvidenceJson.attempts(all);
        }
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
                    .with(task.evidence(now))
                    .with(task.n())
                    .run();
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
