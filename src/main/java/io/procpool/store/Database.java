package io.procpool.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The SQLite file: how connections to it are made, and that it is one that this service can use. What is SQLite's own is here, in {@link Writer} and in {@link Trouble}. */
final class Database {
    /** Earlier ones can lose committed data where one connection writes while another checkpoints (sqlite.org, WAL-reset bug). */
    private static final String LEAST_VERSION = "3.51.3";

    private static final int BUSY_MILLIS = 10_000;
    private static final long CHECKED_AT_ONCE = 256L << 20;

    private final Path file;

    private Database(Path file) {
        this.file = file;
    }

    /**
     * Makes it, or brings it up to date.
     *
     * @throws StoreRefused if SQLite is too old
     */
    static Database open(Path file) {
        var database = new Database(file);
        try (var session = database.session(false)) {
            var version = session.first("SELECT sqlite_version() AS v", row -> row.text("v"));
            requireVersion(version.orElse("0"));
            session.execute("PRAGMA auto_vacuum = INCREMENTAL"); // before there is any table
            session.execute("PRAGMA journal_mode = WAL");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (SQLException | java.io.IOException failure) {
            throw new IllegalStateException("The store " + file + " can't be opened", failure);
        }
        Flyway.configure()
                .dataSource(database.source(false))
                .locations("classpath:db/sqlite")
                .load()
                .migrate();
        return database;
    }

    /** @throws StoreRefused if it is too old */
    static void requireVersion(String version) {
        if (Runtime.Version.parse(version).compareTo(Runtime.Version.parse(LEAST_VERSION)) < 0) {
            throw new StoreRefused(
                    "SQLite "
                            + version
                            + " can lose committed data; Procpool needs "
                            + LEAST_VERSION,
                    "Run Procpool with the SQLite that it brings.");
        }
    }

    private SQLiteDataSource source(boolean readOnly) {
        var config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(true);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
        config.setPragma(SQLiteConfig.Pragma.CACHE_SIZE, "-16000");
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    Session session(boolean readOnly) throws SQLException {
        Connection connection = source(readOnly).getConnection();
        var session = new Session(connection);
        session.execute("PRAGMA trusted_schema = OFF");
        return session;
    }

    /** Bytes of the file and its log. */
    long size() {
        return size(file) + size(file.resolveSibling(file.getFileName() + "-wal"));
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    /** Whether a check of all of it is a matter of moments. */
    boolean isSmall() {
        return size() <= CHECKED_AT_ONCE;
    }

    /** Empty if its pages are sound, else what is wrong. */
    String defects() throws SQLException {
        try (var session = session(true)) {
            var found = session.first("PRAGMA quick_check(10)", row -> row.text("quick_check"));
            return found.filter(text -> !text.equals("ok")).orElse("");
        }
    }
}
