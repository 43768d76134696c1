package io.procpool.store;

import io.procpool.job.StoreCondition.State;
import io.procpool.problem.Refused;
import io.procpool.store.Write.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database and the values beside it, open. Any thread writes through the one writer, and reads. */
final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final long CHECKED_BEFORE_START = 256L << 20;
    private static final long LIGHT = 512;

    private final StoreFolder folder;
    private final Path file;
    private final Values values;
    private final Condition condition;
    private final Sql sql;
    private final Readers readers;
    private final WriteQueue queue = new WriteQueue();
    private final Ends ends = new Ends();
    private final Writer writer;
    private volatile boolean closed;

    /** Whether it is known to be sound, or was when it was opened. */
    private volatile boolean checked = true;

    /**
     * @param onFailure runs on a thread of its own when the store has failed for good
     * @throws Unusable with a sentence, if it must not be used
     */
    Database(Path home, Runnable onFailure) throws IOException {
        folder = new StoreFolder(home);
        try {
            file = folder.path().resolve("procpool.db");
            var sqlite = new Sqlite(file, folder.path().resolve("native"));
            sql = sqlite.openWriter();
            if (!folder.cleanBefore() && Files.size(file) <= CHECKED_BEFORE_START) {
                requireSound(sql);
            }
            sqlite.migrate();
            StoreFolder.sync(folder.path());
            values = new Values(home);
            condition =
                    new Condition(sql.of("SELECT sqlite_version()").first(Row::text).orElse("?"));
            if (!folder.cleanBefore()) {
                condition.check("ok"); // or it would not have come to this, if it was small
            }
            sweepValues(sql);
            readers = new Readers(sqlite);
            var reserve = new Reserve(folder.path());
            if (!reserve.restore()) {
                condition.full();
            }
            var health = new Writer.Health(condition, onFailure);
            writer = new Writer(sql, queue, ends, values, reserve, health);
            ends.start();
            writer.start();
            if (!folder.cleanBefore() && Files.size(file) > CHECKED_BEFORE_START) {
                checkLater(sqlite);
            }
        } catch (SQLException failure) {
            folder.close();
            throw new Unusable(
                    "the store in " + home + " can't be opened: " + failure.getMessage(),
                    "If the file is damaged, move it away and begin with an empty store, or put a copy in its place.",
                    failure);
        } catch (IOException | RuntimeException failure) {
            folder.close();
            throw failure;
        }
    }

    private void requireSound(Sql sql) throws SQLException {
        LOG.info("The service before this one did not end by itself: the store is checked.");
        var found = quickCheck(sql);
        if (!found.equals("ok")) {
            throw new Unusable(
                    "the store in " + file + " is damaged: " + found,
                    "Move the file away and begin with an empty store, or put a copy in its place.");
        }
    }

    private static String quickCheck(Sql sql) throws SQLException {
        return sql.of("PRAGMA quick_check(1)").first(Row::text).orElse("no answer");
    }

    /** A large one takes long: the service is ready meanwhile. */
    private void checkLater(Sqlite sqlite) {
        checked = false;
        condition.check("running");
        Thread.ofPlatform().name("store-check").daemon().start(() -> check(sqlite));
    }

    private void check(Sqlite sqlite) {
        try (var sql = sqlite.openReader()) {
            var found = quickCheck(sql);
            condition.check(found);
            if (found.equals("ok")) {
                checked = true;
            } else {
                condition.damaged(found);
            }
        } catch (SQLException failure) {
            condition.check("failed");
            condition.damaged(String.valueOf(failure.getMessage()));
        }
    }

    private void sweepValues(Sql sql) throws SQLException, IOException {
        var needed = new HashSet<String>();
        for (var table : new String[] {"body", "evidence", "task", "quarantine"}) {
            needed.addAll(
                    sql.of("SELECT file FROM " + table + " WHERE file IS NOT NULL").all(Row::text));
        }
        values.sweep(needed);
    }

    Values values() {
        return values;
    }

    Condition condition() {
        return condition;
    }

    Path file() {
        return file;
    }

    /** Of the database, its log and the values, on the disk. */
    long bytes() {
        return size(file) + size(file.resolveSibling("procpool.db-wal")) + values.bytes();
    }

    static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    // --- writing

    /**
     * Writes something new. It lasts when this returns.
     *
     * @throws Refused if there is no room, or the store has failed
     */
    <T extends @Nullable Object> T add(Work<T> work, long weight) {
        return await(new Write<>(work, true, true, weight));
    }

    /** Writes what follows from what there is: it waits for room. It lasts when this returns. */
    <T extends @Nullable Object> T change(Work<T> work) {
        return change(work, 0);
    }

    /** The same of about so many bytes. */
    <T extends @Nullable Object> T change(Work<T> work, long weight) {
        return await(new Write<>(work, false, true, LIGHT + weight));
    }

    /** The same; it lasts when the stage completes. */
    <T extends @Nullable Object> CompletableFuture<T> changeLater(Work<T> work, long weight) {
        var write = new Write<T>(work, false, false, LIGHT + weight);
        put(write);
        return write.end();
    }

    private <T extends @Nullable Object> T await(Write<T> write) {
        put(write);
        try {
            return write.end().join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
    }

    private void put(Write<?> write) {
        boolean there = queue.put(write, () -> isRefused(write));
        if (!there) {
            boolean full = condition.state() == State.FULL && !closed;
            write.refuse(full ? Condition.noRoom() : Condition.gone());
        }
    }

    /** Nothing is taken from now on, and nobody waits for room any more. */
    void stop() {
        queue.close();
    }

    private boolean isRefused(Write<?> write) {
        return write.refusable() && condition.state() == State.FULL;
    }

    /** The disk has failed where the writer was not there to see it. */
    Refused failed(IOException failure) {
        if (Sqlite.trouble(failure) == Sqlite.Trouble.FULL) {
            return new Refused(Condition.noRoom());
        }
        writer.disown(failure);
        return new Refused(Condition.gone());
    }

    /** The log is emptied into the database, and its file cut, when nobody writes. */
    void shrinkLog() {
        writer.shrinkLog();
    }

    // --- reading

    <T extends @Nullable Object> T read(Readers.Read<T> read) {
        try {
            return readers.read(read);
        } catch (SQLException failure) {
            if (Sqlite.isDiskFailure(failure)) {
                writer.disown(failure);
                throw new Refused(Condition.gone());
            }
            if (Sqlite.isDamage(failure)) {
                condition.damaged(String.valueOf(failure.getMessage()));
            }
            throw new IllegalStateException("The store can't be read", failure);
        }
    }

    /** Ends what has been put, and leaves the file as if nobody had been there. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        queue.close();
        try {
            writer.join();
            ends.close();
            readers.close();
            sql.close(); // the last one: SQLite puts all of the log into the database
            if (condition.state()
                    != State.FAILED) { // else a row may come back that names one of them
                values.deleteDiscarded();
                if (checked && condition.state() != State.DAMAGED) {
                    folder.leaveClean();
                }
            }
            folder.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException | SQLException failure) {
            LOG.warn("The store was not closed well.", failure);
        }
    }
}
