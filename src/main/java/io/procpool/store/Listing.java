package io.procpool.store;

import io.procpool.job.JobRecord;
import io.procpool.job.JobStore.Label;
import io.procpool.job.JobStore.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statement of one listing: what is asked for, and no more, so that the index that fits is taken. */
final class Listing {
    private interface Value {
        Statement bind(Statement statement) throws SQLException;
    }

    private final StringBuilder from = new StringBuilder(StoredJob.FROM);
    private final List<String> conditions = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();
    private final Query query;

    /** Whose columns give the order: the table that is gone through. */
    private String order = "j.";

    Listing(Query query) {
        this.query = query;
        var labels = query.labels();
        for (int i = 0; i < labels.size(); i++) {
            label("l" + i, labels.get(i));
        }
        if (!labels.isEmpty()) {
            order = "l0.";
        }
        text("j.pool", query.pool());
        text("j.state", query.state());
        text("j.func", query.func());
        var created = order + "created";
        var since = query.from();
        if (since != null) {
            where(created + " >= ?", statement -> statement.with(Times.nanos(since)));
        }
        var until = query.to();
        if (until != null) {
            where(created + " < ?", statement -> statement.with(Times.nanos(until)));
        }
        var before = query.before();
        if (before != null) {
            where(
                    "(" + created + ", " + order + "id) < (?, ?)",
                    statement ->
                            statement
                                    .with(Times.nanos(before.created()))
                                    .with(Ids.bytes(before.id())));
        }
    }

    private void label(String alias, Label label) {
        from.append("JOIN label ").append(alias).append(" ON ").append(alias).append(".id = j.id ");
        if (!alias.equals("l0")) { // so that one row is looked up, and not all with that label
            from.append("AND ").append(alias).append(".created = l0.created ");
        }
        where(alias + ".name = ?", statement -> statement.with(label.name()));
        text(alias + ".value", label.value());
    }

    private void text(String column, @Nullable String value) {
        if (value != null) {
            where(column + " = ?", statement -> statement.with(value));
        }
    }

    private void where(String condition, Value value) {
        conditions.add(condition);
        values.add(value);
    }

    /** The statement. */
    String text() {
        var where = conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions);
        return "SELECT "
                + StoredJob.LISTED
                + from
                + where
                + " ORDER BY "
                + order
                + "created DESC, "
                + order
                + "id DESC LIMIT ?";
    }

    List<JobRecord> read(Sql sql) throws SQLException {
        var statement = sql.of(text());
        for (var value : values) {
            statement = value.bind(statement);
        }
        return statement.with(query.limit()).all(StoredJob::withoutValue).stream()
                .map(StoredJob::record)
                .toList();
    }
}
