package io.procpool.store;

import io.procpool.job.StoreCondition;
import io.procpool.problem.Refusal.StoreFailed;
import io.procpool.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded store: one SQLite file, one writer, some readers, and files for long values.
 *
 * <p>Threads: any. What has been written is told on one thread, {@code store-done}, in the order in which it was written: never on the writer's, which must not wait for those
 * that hear of it.
 */
final class Sqlite implements StoreCondition, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sqlite.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final String DONE = "store-done";

    private final StoreFolder folder;
    private final Database database;
    private final Writer writer;
    private final Readers readers;
    private final Values values;
    private final Runnable onLost;
    private final ExecutorService done =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(DONE).factory());
    private volatile String check = "not needed";
    private volatile boolean full;

    /** @param onLost runs once, when the store has failed for good */
    private Sqlite(StoreFolder folder, Runnable onLost) throws IOException, SQLException {
        this.folder = folder;
        this.onLost = onLost;
        this.database = Database.open(folder.database());
        if (folder.unclean() && database.isSmall()) {
            checkNow();
        }
        this.values = new Values(folder.values());
        this.readers = new Readers(database);
        this.writer = new Writer(database.session(false), this::lost);
        sweepFiles();
        writer.start();
        if (folder.unclean() && !database.isSmall()) {
            check = "running";
            Thread.ofPlatform().daemon().name("store-check").start(this::checkLater);
        }
    }

    /** @throws StoreRefused if it can't be used; the message says why */
    static Sqlite open(StoreSettings settings, Runnable onLost) {
        var folder = StoreFolder.take(settings.home());
        try {
            return new Sqlite(folder, onLost);
        } catch (IOException | SQLException | RuntimeException failure) {
            close(folder);
            throw failure instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("The store can't be opened", failure);
        }
    }

    private static void close(StoreFolder folder) {
        try {
            folder.close();
        } catch (IOException failure) {
            LOG.debug("The lock goes with the process", failure);
        }
    }

    /** @throws StoreRefused if it is broken */
    private void checkNow() throws SQLException {
        var defects = database.defects();
        if (!defects.isEmpty()) {
            throw new StoreRefused(
                    "The store " + folder.database() + " is broken: " + defects,
                    "Put back a backup of it, or move it away to begin with an empty one.");
        }
        check = "ok";
    }

    private void checkLater() {
        try {
            var defects = database.defects();
            check = defects.isEmpty() ? "ok" : defects;
            if (!defects.isEmpty()) {
                LOG.error("The store {} is broken: {}", folder.database(), defects);
            }
        } catch (SQLException failure) {
            LOG.error("The store could not be checked", failure);
            check = "it could not be checked: " + failure.getMessage();
        }
    }

    private void sweepFiles() throws IOException {
        var named =
                readers.read(
                        session ->
                                session.list(
                                        """
                                        SELECT file FROM submissions WHERE file IS NOT NULL
                                        UNION ALL SELECT file FROM outcomes WHERE file IS NOT NULL
                                        UNION ALL SELECT file FROM tasks WHERE file IS NOT NULL
                                        UNION ALL SELECT file FROM quarantine WHERE file IS NOT NULL
                                        """,
                                        row -> row.text("file")));
        values.sweep(new HashSet<>(named));
    }

    private void lost(Throwable why) {
        LOG.error("The store has failed, and nothing more is promised: the service ends", why);
        onLost.run();
    }

    Values values() {
        return values;
    }

    Readers readers() {
        return readers;
    }

    /** Bytes on the disk. */
    long size() {
        return database.size() + values.size();
    }

    /** Writes something new; lasting when it returns. */
    <T> T write(long bytes, Operation.Work<T> work) {
        return await(writer.put(new Operation<>(work, false, bytes), true).done());
    }

    /** Writes what belongs to accepted jobs; lasting when it returns. */
    <T> T writeOwed(Operation.Work<T> work) {
        return await(writer.put(new Operation<>(work, true, 0), isPatient()).done());
    }

    /** The same; lasting when the stage completes. */
    <T> CompletionStage<T> later(long bytes, Operation.Work<T> work) {
        var written = writer.put(new Operation<>(work, true, bytes), isPatient()).done();
        var told = new CompletableFuture<T>();
        var _ =
                written.whenComplete(
                        (result, failure) -> done.execute(() -> tell(told, result, failure)));
        return told;
    }

    @SuppressWarnings("NullAway") // where null is none of T's values, there is a failure
    private static <T> void tell(
            CompletableFuture<T> told, @Nullable T result, @Nullable Throwable failure) {
        try {
            if (failure == null) {
                told.complete(result);
            } else {
                told.completeExceptionally(failure);
            }
        } catch (RuntimeException | Error bug) {
            LOG.error("A bug of somebody who hears what was written", bug);
        }
    }

    /** The thread by which room is made must not wait for room. */
    private static boolean isPatient() {
        return !Thread.currentThread().getName().equals(DONE);
    }

    private static <T> T await(CompletableFuture<T> written) {
        try {
            return written.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(failed.getCause());
        }
    }

    /** A file of something new. */
    <T> T file(Supplier<T> making) {
        try {
            return making.get();
        } catch (UncheckedIOException failure) {
            if (Trouble.of(failure) == Trouble.FULL) {
                throw new Refused(Writer.noRoom());
            }
            throw fail(failure);
        }
    }

    /** A file of what belongs to accepted jobs: it waits for room. */
    <T> T fileOwed(Supplier<T> making) {
        while (true) {
            try {
                var made = making.get();
                full = false;
                return made;
            } catch (UncheckedIOException failure) {
                if (Trouble.of(failure) != Trouble.FULL) {
                    throw fail(failure);
                }
                full = true;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private Refused fail(UncheckedIOException failure) {
        writer.lose(failure);
        return new Refused(new StoreFailed(PAUSE));
    }

    @Override
    public String kind() {
        return "sqlite";
    }

    @Override
    public boolean durable() {
        return true;
    }

    @Override
    public Optional<String> failure() {
        var lost = writer.lost();
        boolean broken = !java.util.Set.of("not needed", "running", "ok").contains(check);
        return lost == null
                ? broken ? Optional.of(check) : Optional.empty()
                : Optional.of("it can't be written: " + lost.getMessage());
    }

    @Override
    public Optional<String> full() {
        return full || writer.isFull()
                ? Optional.of("there is no room on the disk")
                : Optional.empty();
    }

    @Override
    public String check() {
        return check;
    }

    /** Writes what there is, and says that it was closed in order if it was. */
    @Override
    public void close() throws SQLException, IOException {
        writer.close();
        done.shutdown();
        try {
            var _ = done.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        readers.close();
        if (writer.lost() == null) {
            folder.clean();
        }
        folder.close();
    }
}
