package io.procpool.store;

import io.procpool.job.JobStore.KeptTask;
import io.procpool.job.Task;
import io.procpool.payload.Payload;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A task as its row has it. */
record KeptRow(
        int number,
        long firstItem,
        int items,
        int attempt,
        String attempts,
        boolean ended,
        @Nullable String problem,
        @Nullable String errors,
        @Nullable String file,
        @Nullable Payload value) {

    /** Characters of evidence of tasks that have ended: that of further ones is dropped. */
    private static final long MOST_EVIDENCE = 4 << 20;

    /** Those that have an end first, in the order in which they came to it, then the others by number. */
    static List<KeptRow> of(Transaction transaction, long job) throws SQLException {
        return transaction
                .of(
                        """
                        SELECT number, first_item, items, attempt,
                            CASE WHEN place IS NULL OR sum(length(attempts))
                                    OVER (ORDER BY place IS NULL, place, number) < ?
                                THEN attempts ELSE '[]' END,
                            place IS NOT NULL, problem, errors, file, value
                        FROM task WHERE job = ? ORDER BY place IS NULL, place, number
                        """)
                .with(MOST_EVIDENCE)
                .with(job)
                .all(KeptRow::read);
    }

    private static KeptRow read(Row row) throws SQLException {
        return new KeptRow(
                row.integer(),
                row.number(),
                row.integer(),
                row.integer(),
                row.text(),
                row.flag(),
                row.textOrNull(),
                row.textOrNull(),
                row.textOrNull(),
                row.payloadOrNull());
    }

    /** Bytes of its value in memory, when it is {@link #complete}. */
    long size(Values values) {
        if (file != null) {
            return values.size(file);
        }
        return value == null ? 0 : value.size();
    }

    /** Not on the writer's thread. */
    KeptTask complete(Values values) throws IOException {
        return new KeptTask(
                number,
                firstItem,
                items,
                attempt,
                EvidenceJson.attempts(attempts),
                ended ? end(values) : null);
    }

    private Task.End end(Values values) throws IOException {
        var failure = FailureJson.readOrNull(problem);
        if (failure != null) {
            return new Task.End.Broke(failure);
        }
        var bytes = file == null ? Objects.requireNonNull(value) : values.read(file);
        return new Task.End.Value(bytes, EvidenceJson.errors(errors));
    }
}
