package io.procpool.store;

import io.procpool.job.JobRecord;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The labels of jobs: in the job's row to be read with it, and in rows of their own to find it by. */
final class Labels {
    private Labels() {}

    /** Null: none. */
    static @Nullable String write(Map<String, String> labels) {
        return labels.isEmpty() ? null : Json.text(Json.map(labels));
    }

    static Map<String, String> read(@Nullable String text) {
        return text == null ? Map.of() : Json.map(Json.read(text));
    }

    static void insert(Transaction transaction, JobRecord record) throws SQLException {
        for (var label : record.labels().entrySet()) {
            transaction
                    .of("INSERT INTO label (name, value, created, id) VALUES (?, ?, ?, ?)")
                    .with(label.getKey())
                    .with(label.getValue())
                    .with(Times.nanos(record.created()))
                    .with(Ids.bytes(record.id()))
                    .run();
        }
    }

    static void delete(Transaction transaction, JobRecord record) throws SQLException {
        for (var label : record.labels().entrySet()) {
            transaction
                    .of("DELETE FROM label WHERE name = ? AND value = ? AND created = ? AND id = ?")
                    .with(label.getKey())
                    .with(label.getValue())
                    .with(Times.nanos(record.created()))
                    .with(Ids.bytes(record.id()))
                    .run();
        }
    }
}
