package io.procpool.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A prepared statement whose values are bound from left to right, and which is then run or read once. */
final class Statement {
    private final PreparedStatement statement;
    private int bound;

    Statement(PreparedStatement statement) {
        this.statement = statement;
    }

    interface Reader<T> {
        T read(Row row) throws SQLException;
    }

    Statement with(long value) throws SQLException {
        statement.setLong(++bound, value);
        return this;
    }

    Statement with(boolean value) throws SQLException {
        return with(value ? 1 : 0);
    }

    Statement with(@Nullable Long value) throws SQLException {
        statement.setObject(++bound, value);
        return this;
    }

    Statement with(@Nullable String value) throws SQLException {
        statement.setString(++bound, value);
        return this;
    }

    Statement with(byte @Nullable [] value) throws SQLException {
        statement.setBytes(++bound, value);
        return this;
    }

    /** Returns how many rows were written. */
    int run() throws SQLException {
        return statement.executeUpdate();
    }

    <T> List<T> all(Reader<T> reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) {
                all.add(reader.read(new Row(rows)));
            }
            return all;
        }
    }

    <T> Optional<T> first(Reader<T> reader) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(new Row(rows))) : Optional.empty();
        }
    }
}
