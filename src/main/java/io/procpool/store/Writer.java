package io.procpool.store;

import io.procpool.problem.Refusal;
import io.procpool.store.Sqlite.Trouble;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer. Its thread, {@code store-writer}, takes what has arrived as one group, commits it, and tells who waits; while it does, the next group arrives. Nobody waits for a timer.
 * One write that fails does not fail its group: they are done again, one by one.
 */
final class Writer {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int CHECKPOINT_PAGES = 4_000;
    private static final int PAGES_A_WRITE = 3;
    private static final long PAGE = 4_096;
    private static final long IDLE_MILLIS = 1_000;
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final Sql sql;
    private final WriteQueue queue;
    private final Ends ends;
    private final Values values;
    private final Reserve reserve;
    private final Health health;
    private final Thread thread;
    private volatile boolean shrinking;

    /** What it is about; those that have been told have been told. */
    private List<Write<?>> current = List.of();

    /** About how many pages the log has that are not in the database. */
    private long pages;

    /** How the store is, and whom to tell when it has failed. */
    record Health(Condition condition, Runnable onFailure) {}

    Writer(Sql sql, WriteQueue queue, Ends ends, Values values, Reserve reserve, Health health) {
        this.sql = sql;
        this.queue = queue;
        this.ends = ends;
        this.values = values;
        this.reserve = reserve;
        this.health = health;
        this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Returns when all that was put has been written, or refused. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            while (!queue.isClosed()) {
                writeAll();
            }
            writeAll();
        } catch (IOException | InterruptedException | RuntimeException | Error failure) {
            fail(failure);
        }
    }

    private void writeAll() throws IOException, InterruptedException {
        var group = queue.next(IDLE_MILLIS);
        if (group.isEmpty() && pages > 0) {
            pages = 0;
            shrinking = true; // its room counts, and nobody needs it now
        }
        while (!group.isEmpty()) {
            write(group);
            group = queue.next(0);
        }
        if (isFull() && reserve.restore()) {
            health.condition().well();
        }
        shrinkIfAsked();
    }

    /** Some time soon. */
    void shrinkLog() {
        shrinking = true;
    }

    private void shrinkIfAsked() {
        if (!shrinking) {
            return;
        }
        shrinking = false;
        try {
            // TRUNCATE waits for readers: not long.
            sql.runWhole("PRAGMA busy_timeout = 50");
            try {
                sql.of("PRAGMA wal_checkpoint(TRUNCATE)").first(Row::number);
            } finally {
                sql.runWhole("PRAGMA busy_timeout = 5000");
            }
        } catch (SQLException failure) {
            sql.forgetStatements();
            if (Sqlite.trouble(failure) == Trouble.FATAL) {
                throw new Lost(failure);
            }
            LOG.debug("The log was not cut.", failure);
        }
    }

    private boolean isFull() {
        return health.condition().state() == Condition.State.FULL;
    }

    private void write(List<Write<?>> group) {
        current = group;
        var failure = attempt(group);
        if (failure != null) {
            if (group.size() == 1 && Sqlite.trouble(failure) == Trouble.OWN) {
                ends.tell(group, write -> write.fail(failure));
            } else {
                // Who waits for one waits for nothing before it: what makes room, like a deletion,
                // is to come before what needs it.
                group.stream().filter(Write::awaited).forEach(this::writeAlone);
                group.stream().filter(write -> !write.awaited()).forEach(this::writeAlone);
            }
        }
        current = List.of(); // a writer that has nothing to do holds no job
    }

    private void writeAlone(Write<?> write) {
        long pause = FIRST_PAUSE;
        while (true) {
            var failure = attempt(List.of(write));
            if (failure == null) {
                return;
            }
            switch (Sqlite.trouble(failure)) {
                case OWN -> {
                    ends.tell(List.of(write), failed -> failed.fail(failure));
                    return;
                }
                case FATAL -> throw new Lost(failure);
                case FULL -> {
                    makeRoom();
                    // Who closes the store waits for no disk either: the next service finds all as
                    // it was.
                    if (write.refusable() || queue.isClosed()) {
                        refuse(List.of(write), Condition.noRoom());
                        return;
                    }
                    queue.putBack(stillWaiting(queue.takeAwaited()));
                    values.deleteDiscarded();
                    emptyLog();
                    shrinkIfAsked();
                }
                case BUSY -> LOG.warn("Another process holds the store's database.");
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    /** One that finds no room may be large; others are not, or make room. Returns those that are to be tried again. */
    private List<Write<?>> stillWaiting(List<Write<?>> writes) {
        var stuck = current;
        var waiting = new ArrayList<>(writes);
        for (var write : writes) {
            current = Stream.concat(stuck.stream(), waiting.stream()).toList();
            var failure = attempt(List.of(write));
            if (failure != null && Sqlite.trouble(failure) != Trouble.OWN) {
                continue;
            }
            waiting.remove(write);
            if (failure != null) {
                ends.tell(List.of(write), failed -> failed.fail(failure));
            }
        }
        current = stuck;
        return waiting;
    }

    /** What is new is refused, wherever it waits: nobody is to wait for a disk. */
    private void makeRoom() {
        health.condition().full();
        try {
            reserve.release();
        } catch (IOException failure) {
            throw new Lost(failure);
        }
        refuse(queue.takeRefusable(), Condition.noRoom());
    }

    private void refuse(List<Write<?>> writes, Refusal why) {
        ends.tell(writes, write -> write.refuse(why));
    }

    /** Returns why nothing of it was written; null: it lasts, and who waits has been told. */
    private @Nullable Throwable attempt(List<Write<?>> group) {
        var transaction = new Transaction(sql);
        try {
            sql.run("BEGIN IMMEDIATE");
            for (var write : group) {
                write.perform(transaction);
            }
            sql.run("COMMIT");
        } catch (Lost lost) {
            throw lost;
        } catch (SQLException
                | IOException
                | RuntimeException
                | Error failure) { // of an Error too: what needs too much memory is not the disk's
            // fault
            rollBack();
            if (Sqlite.trouble(failure) == Trouble.FATAL) {
                throw new Lost(failure);
            }
            return failure;
        }
        ends.tell(group, Write::succeed);
        values.discard(transaction.unneeded());
        checkpoint(group);
        return null;
    }

    private void rollBack() {
        sql.forgetStatements();
        try {
            sql.run("ROLLBACK");
        } catch (SQLException _) {
            // SQLite has done it by itself: it does after some errors
        }
    }

    private void checkpoint(List<Write<?>> group) {
        pages += group.stream().mapToLong(write -> PAGES_A_WRITE + write.weight() / PAGE).sum();
        if (pages >= CHECKPOINT_PAGES) {
            pages = 0;
            emptyLog();
        }
    }

    /** What is in the database need not stay in the log, whose room is used again then. */
    private void emptyLog() {
        try {
            // PASSIVE: waits for no reader.
            sql.of("PRAGMA wal_checkpoint(PASSIVE)").first(Row::number);
        } catch (SQLException failure) {
            sql.forgetStatements(); // one that has failed can't be used again
            switch (Sqlite.trouble(failure)) {
                case FATAL, OWN -> throw new Lost(failure);
                case FULL -> makeRoom();
                case BUSY -> {} // the next one will do it
            }
        }
    }

    /** Somebody else has seen that the disk can't be relied on. */
    void disown(Exception failure) {
        queue.put(
                new Write<Void>(
                        _ -> {
                            throw new Lost(failure);
                        },
                        false,
                        false,
                        0),
                () -> false);
    }

    private void fail(Throwable failure) {
        var cause = failure instanceof Lost lost ? lost.getCause() : failure;
        health.condition().failed(cause == null ? failure : cause);
        queue.close();
        refuse(current, Condition.gone());
        try {
            var rest = queue.next(0);
            while (!rest.isEmpty()) {
                refuse(rest, Condition.gone());
                rest = queue.next(0);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Thread.ofPlatform().name("store-failed").start(health.onFailure());
    }

    /** Nothing can be relied on any more. */
    private static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Lost(Throwable cause) {
            super(cause);
        }
    }
}
