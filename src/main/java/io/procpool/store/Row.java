package io.procpool.store;

import io.procpool.payload.Payload;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The row that is being read, its columns from left to right. */
final class Row {
    private final ResultSet rows;
    private int column;

    Row(ResultSet rows) {
        this.rows = rows;
    }

    long number() throws SQLException {
        return rows.getLong(++column);
    }

    int integer() throws SQLException {
        return rows.getInt(++column);
    }

    boolean flag() throws SQLException {
        return rows.getInt(++column) != 0;
    }

    @Nullable Long numberOrNull() throws SQLException {
        long value = rows.getLong(++column);
        return rows.wasNull() ? null : Long.valueOf(value);
    }

    @Nullable String textOrNull() throws SQLException {
        return rows.getString(++column);
    }

    String text() throws SQLException {
        return Objects.requireNonNull(textOrNull());
    }

    byte @Nullable [] bytesOrNull() throws SQLException {
        return rows.getBytes(++column);
    }

    @Nullable Payload payloadOrNull() throws SQLException {
        var bytes = bytesOrNull();
        return bytes == null ? null : Payload.of(bytes);
    }

    UUID id() throws SQLException {
        return Ids.of(Objects.requireNonNull(bytesOrNull()));
    }

    @Nullable UUID idOrNull() throws SQLException {
        var bytes = bytesOrNull();
        return bytes == null ? null : Ids.of(bytes);
    }

    Instant time() throws SQLException {
        return Times.of(number());
    }

    @Nullable Instant timeOrNull() throws SQLException {
        var value = numberOrNull();
        return value == null ? null : Times.of(value);
    }
}
