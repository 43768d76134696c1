package io.procpool.durability;

import io.procpool.durability.Dump.Stored;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What is in the database, read beside the service. All that the checker knows of its tables is here. */
final class SqlDump {
    private final Path file;

    SqlDump(Path home) {
        file = database(home);
    }

    static Path database(Path home) {
        return home.resolve("store").resolve("procpool.db");
    }

    private Connection open() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:file:" + file + "?mode=ro");
    }

    List<Stored> jobs() throws SQLException {
        try (var connection = open();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT id, state, epoch, version, tracked FROM job")) {
            var jobs = new ArrayList<Stored>();
            while (rows.next()) {
                jobs.add(
                        new Stored(
                                id(rows.getBytes(1)),
                                rows.getString(2),
                                rows.getInt(3),
                                rows.getLong(4),
                                rows.getBoolean(5)));
            }
            return jobs;
        }
    }

    private static String id(byte[] bytes) {
        var halves = ByteBuffer.wrap(bytes);
        return new UUID(halves.getLong(), halves.getLong()).toString();
    }

    /** {@code ok}, or what is wrong with the file. */
    String quickCheck() throws SQLException {
        try (var connection = open();
                var statement = connection.createStatement();
                var row = statement.executeQuery("PRAGMA quick_check")) {
            return row.next() ? row.getString(1) : "nothing said";
        }
    }
}
