package io.procpool.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;

/** A connection that keeps its statements prepared. For one thread at a time. */
final class Sql implements AutoCloseable {
    private static final int MOST_STATEMENTS = 200;

    private final Connection connection;
    private final LinkedHashMap<String, PreparedStatement> prepared =
            new LinkedHashMap<>(64, 0.75f, true);

    Sql(Connection connection) {
        this.connection = connection;
    }

    /** A statement whose values are still to be bound. The one before with the same text must be done with. */
    Statement of(String text) throws SQLException {
        var statement = prepared.get(text);
        if (statement == null) {
            if (prepared.size() == MOST_STATEMENTS) {
                var eldest = prepared.pollFirstEntry();
                eldest.getValue().close();
            }
            statement = connection.prepareStatement(text);
            prepared.put(text, statement);
        }
        return new Statement(statement);
    }

    void run(String text) throws SQLException {
        of(text).run();
    }

    /** After an error: the driver closes statements that have failed, but does not say which. */
    void forgetStatements() {
        for (var statement : prepared.values()) {
            try {
                statement.close();
            } catch (SQLException _) {
                // it was the one
            }
        }
        prepared.clear();
    }

    /** Some pragmas do one step for each row that is fetched, and have none to show: not {@link #run}, which would do the first step only. */
    void runWhole(String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.executeUpdate(text);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
