package io.procpool.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;

/** What is SQLite's own: how it is opened, and what its errors mean. The statements themselves are where they are run. */
final class Sqlite {
    /** The first without the bug that could lose a commit when a checkpoint and a writer met (the WAL-reset bug). */
    private static final List<Integer> LEAST = List.of(3, 51, 3);

    static final Map<String, String> DURABILITY =
            Map.of("journal_mode", "wal", "synchronous", "full", "checkpoints", "by the writer");

    /** What an error means for the next step. */
    enum Trouble {
        /** That of one operation: others may succeed. */
        OWN,
        /** No room on the disk. */
        FULL,
        /** Somebody else holds the database for a moment. */
        BUSY,
        /** The disk, or the file on it, can't be relied on any more. */
        FATAL
    }

    private final Path file;

    /** @param natives where the driver may unpack its library; what services that were killed have left there is deleted */
    Sqlite(Path file, Path natives) throws IOException {
        this.file = file;
        prepareDriver(natives);
        if (Files.notExists(file)) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
    }

    private static void prepareDriver(Path natives) throws IOException {
        StoreFolder.privateFolder(natives);
        try (var old = Files.list(natives)) {
            for (var one : old.toList()) {
                Files.deleteIfExists(one);
            }
        }
        if (System.getProperty("org.sqlite.tmpdir") == null) {
            System.setProperty("org.sqlite.tmpdir", natives.toString());
        }
    }

    /**
     * The connection that writes, to a database that is as it has to be.
     *
     * @throws Unusable if this SQLite is too old
     */
    Sql openWriter() throws SQLException {
        var connection = connect(new SQLiteConfig());
        try {
            var sql = new Sql(connection);
            checkVersion(sql.of("SELECT sqlite_version()").first(Row::text).orElse(""));
            pragma(connection, "auto_vacuum = INCREMENTAL"); // before the first table
            pragma(connection, "journal_mode = WAL");
            // FULL: each commit is fsynced. NORMAL would lose the last ones in a power cut.
            pragma(connection, "synchronous = FULL");
            // Not in the commit: there an error of the checkpoint would go unseen.
            pragma(connection, "wal_autocheckpoint = 0");
            pragma(connection, "journal_size_limit = 67108864");
            pragma(connection, "cache_size = -32768");
            return sql;
        } catch (SQLException | RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    Sql openReader() throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        var connection = connect(config);
        pragma(connection, "cache_size = -4096");
        return new Sql(connection);
    }

    private Connection connect(SQLiteConfig config) throws SQLException {
        Properties properties = config.toProperties();
        var connection = JDBC.createConnection(JDBC.PREFIX + file, properties);
        pragma(connection, "busy_timeout = 5000");
        pragma(connection, "trusted_schema = OFF");
        pragma(connection, "cell_size_check = ON");
        // A failed read of a mapped page is a signal that kills the JVM, not an error.
        pragma(connection, "mmap_size = 0");
        pragma(connection, "temp_store = MEMORY");
        return connection;
    }

    private static void pragma(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA " + setting);
        }
    }

    /**
     * Brings the tables up to date.
     *
     * @throws Unusable if they are of a version that is not known here, or can't be changed
     */
    void migrate() {
        var source = new SQLiteDataSource();
        source.setUrl(JDBC.PREFIX + file);
        source.setSynchronous("FULL");
        var flyway =
                Flyway.configure()
                        .dataSource(source)
                        .locations("classpath:db/migration/sqlite")
                        .ignoreMigrationPatterns(new String[0]) // nor those of a later version
                        .load();
        try {
            flyway.migrate();
        } catch (FlywayValidateException other) {
            throw new Unusable(
                    "the store " + file + " was made by another version of Procpool",
                    "Start that version, or move the file away and begin with an empty store.",
                    other);
        } catch (FlywayException failure) {
            throw new Unusable(
                    "the store " + file + " can't be brought up to date: " + failure.getMessage(),
                    "Look at the disk; what was not changed whole was not changed at all.",
                    failure);
        }
    }

    static void checkVersion(String version) {
        var parts = version.split("\\.", -1);
        for (int i = 0; i < LEAST.size(); i++) {
            int part = i < parts.length ? Integer.parseInt(parts[i]) : 0;
            if (part > LEAST.get(i)) {
                return;
            }
            if (part < LEAST.get(i)) {
                throw new Unusable(
                        "SQLite "
                                + version
                                + " may lose commits; 3.51.3 is the first that does not",
                        "Take a newer sqlite-jdbc.");
            }
        }
    }

    static Trouble trouble(Throwable failure) {
        return switch (failure) {
            case SQLiteException error -> trouble(error);
            case IOException error -> isNoRoom(error) ? Trouble.FULL : Trouble.FATAL;
            default -> Trouble.OWN;
        };
    }

    private static Trouble trouble(SQLiteException error) {
        return switch (error.getResultCode()) {
            // Of SHMSIZE: the index of the log could not grow.
            case SQLITE_FULL, SQLITE_IOERR_SHMSIZE -> Trouble.FULL;
            case SQLITE_BUSY, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED ->
                    Trouble.BUSY;
            default -> {
                int primary = error.getResultCode().code & 0xFF;
                yield FATAL.contains(primary) ? Trouble.FATAL : Trouble.OWN;
            }
        };
    }

    /** Whether the disk can't be relied on. */
    static boolean isDiskFailure(SQLException failure) {
        return failure instanceof SQLiteException error
                && trouble(error) == Trouble.FATAL
                && isOf(error, IOERR);
    }

    /** Whether the file is not what it was. */
    static boolean isDamage(SQLException failure) {
        return failure instanceof SQLiteException error
                && (isOf(error, CORRUPT) || isOf(error, NOTADB));
    }

    private static boolean isOf(SQLiteException error, int primary) {
        return (error.getResultCode().code & 0xFF) == primary;
    }

    private static final int IOERR = 10;
    private static final int CORRUPT = 11;
    private static final int NOTADB = 26;

    /** READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOTADB. */
    private static final List<Integer> FATAL = List.of(8, 10, 11, 14, 15, 26);

    /** Java has no type for it, only the system's words, which may be in another language. */
    private static boolean isNoRoom(IOException error) {
        var words = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        if (words.contains("no space left") || words.contains("quota exceeded")) {
            return true;
        }
        return error instanceof FileSystemException file
                && file.getReason() != null
                && file.getReason().toLowerCase(Locale.ROOT).contains("no space left");
    }
}
