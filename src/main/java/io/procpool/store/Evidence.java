package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has come of jobs. */
final class Evidence {
    private static final int MOST = 100;
    private static final int LOOKED_AT = 1_000;

    private Evidence() {}

    /** @param value null: there is none */
    static void insert(Transaction transaction, long n, JobRecord record, @Nullable Content value)
            throws SQLException {
        var errors =
                record.state() instanceof JobState.Succeeded success
                        ? EvidenceJson.errors(success.errors())
                        : null;
        transaction
                .of(
                        """
                        INSERT OR REPLACE INTO evidence
                            (job, attempts, problem, errors, progress, arrivals, file, size, value)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                .with(n)
                .with(EvidenceJson.attempts(record.attempts()))
                .with(FailureJson.textOrNull(record.state().failure().orElse(null)))
                .with(errors)
                .with(EvidenceJson.progress(record.progress()))
                .with(StoredJob.bytes(record.arrivals()))
                .with(value == null ? null : value.file())
                .with(value == null || value.file() == null ? null : (long) value.size())
                .with(value == null ? null : value.inline())
                .run();
    }

    /** Of a job that has no end, and whose tasks are not kept. */
    static void attempts(Transaction transaction, long n, List<Attempt> attempts)
            throws SQLException {
        transaction
                .of(
                        """
                        INSERT INTO evidence (job, attempts) VALUES (?, ?)
                        ON CONFLICT (job) DO UPDATE SET attempts = excluded.attempts
                        """)
                .with(n)
                .with(EvidenceJson.attempts(attempts))
                .run();
    }

    /** The value of a state, if it has one. It is written as a file if it is long; if there is no room now, later. */
    static @Nullable Content value(JobState state, Values values) throws IOException {
        return state instanceof JobState.Succeeded success
                ? Content.wanted(values, success.value())
                : null;
    }

    /** What is known of the runs of a job that is not claimed: its own evidence, or that of its tasks. */
    static JobRecord gathered(Sql sql, StoredJob job) throws SQLException {
        var record = job.record();
        if (record.ready() || !record.attempts().isEmpty()) {
            return record;
        }
        var texts =
                sql.of("SELECT attempts FROM task WHERE job = ? AND attempts <> '[]' LIMIT ?")
                        .with(job.n())
                        .with(LOOKED_AT)
                        .all(Row::text);
        var all = new ArrayList<Attempt>();
        texts.forEach(text -> all.addAll(EvidenceJson.attempts(text)));
        return all.isEmpty() ? record : record.with(shown(all));
    }

    /** The failed ones first of all, so many that a record stays small. */
    private static List<Attempt> shown(List<Attempt> all) {
        all.sort(Comparator.comparing(attempt -> attempt.problem() == null));
        return all.stream()
                .limit(MOST)
                .sorted(
                        Comparator.comparing(Attempt::started)
                                .thenComparingLong(Attempt::firstItem))
                .toList();
    }
}
