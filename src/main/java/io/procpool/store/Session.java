package io.procpool.store;

import io.procpool.payload.Payload;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One connection with its prepared statements. For one thread at a time. */
final class Session implements AutoCloseable {
    private static final int MOST_STATEMENTS = 200;

    /** Reads what it needs of the present row. */
    interface Mapper<T> {
        T map(Row row) throws SQLException;
    }

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** Returns how many rows were changed. */
    int update(String sql, @Nullable Object... values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    <T> List<T> list(String sql, Mapper<T> mapper, @Nullable Object... values) throws SQLException {
        try (var rows = bound(sql, values).executeQuery()) {
            var list = new ArrayList<T>();
            var row = new Row(rows);
            while (rows.next()) {
                list.add(mapper.map(row));
            }
            return list;
        }
    }

    <T> Optional<T> first(String sql, Mapper<T> mapper, @Nullable Object... values)
            throws SQLException {
        try (var rows = bound(sql, values).executeQuery()) {
            return rows.next() ? Optional.of(mapper.map(new Row(rows))) : Optional.empty();
        }
    }

    /** For what has no parameters. It runs to its end, whatever rows it has: a PRAGMA may do its work row by row. */
    void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
        var statement = statements.get(sql);
        if (statement == null) {
            if (statements.size() >= MOST_STATEMENTS) {
                forget();
            }
            statement = connection.prepareStatement(sql);
            statements.put(sql, statement);
        }
        for (int at = 0; at < values.length; at++) {
            bind(statement, at + 1, values[at]);
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int at, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setObject(at, null);
            case UUID id -> statement.setBytes(at, bytes(id));
            case Instant time -> statement.setLong(at, micros(time));
            case Payload payload -> statement.setBytes(at, payload.toByteArray());
            case byte[] bytes -> statement.setBytes(at, bytes);
            case Boolean flag -> statement.setInt(at, flag ? 1 : 0);
            case Integer number -> statement.setInt(at, number);
            case Long number -> statement.setLong(at, number);
            case String text -> statement.setString(at, text);
            default -> throw new IllegalArgumentException("no column takes a " + value.getClass());
        }
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private void forget() throws SQLException {
        for (var statement : statements.values()) {
            statement.close();
        }
        statements.clear();
    }

    @Override
    public void close() throws SQLException {
        forget();
        connection.close();
    }

    /** The present row of a result. */
    static final class Row {
        private final ResultSet rows;

        Row(ResultSet rows) {
            this.rows = rows;
        }

        String text(String column) throws SQLException {
            return rows.getString(column);
        }

        @Nullable String textOrNull(String column) throws SQLException {
            return rows.getString(column);
        }

        long number(String column) throws SQLException {
            return rows.getLong(column);
        }

        int integer(String column) throws SQLException {
            return rows.getInt(column);
        }

        boolean flag(String column) throws SQLException {
            return rows.getInt(column) != 0;
        }

        @Nullable Long numberOrNull(String column) throws SQLException {
            long number = rows.getLong(column);
            return rows.wasNull() ? null : Long.valueOf(number);
        }

        Instant time(String column) throws SQLException {
            return time(rows.getLong(column));
        }

        @Nullable Instant timeOrNull(String column) throws SQLException {
            var micros = numberOrNull(column);
            return micros == null ? null : time(micros);
        }

        private static Instant time(long micros) {
            return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        }

        UUID id(String column) throws SQLException {
            return id(rows.getBytes(column));
        }

        @Nullable UUID idOrNull(String column) throws SQLException {
            var bytes = rows.getBytes(column);
            return bytes == null ? null : id(bytes);
        }

        private static UUID id(byte[] bytes) {
            var buffer = ByteBuffer.wrap(bytes);
            return new UUID(buffer.getLong(), buffer.getLong());
        }

        byte @Nullable [] bytesOrNull(String column) throws SQLException {
            return rows.getBytes(column);
        }
    }
}
