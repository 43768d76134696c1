package io.procpool.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** Takes jobs out, with all that is theirs. */
final class Removal {
    /** Tasks that are deleted in one transaction: a map may have a hundred thousand. */
    static final int MOST_TASKS = 1_000;

    private Removal() {}

    static void drop(Transaction transaction, StoredJob job) throws SQLException {
        Labels.delete(transaction, job.record());
        dropTasks(transaction, job.n());
        dropWithFile(transaction, "DELETE FROM body WHERE job = ? RETURNING file", job.n());
        dropWithFile(transaction, "DELETE FROM evidence WHERE job = ? RETURNING file", job.n());
        transaction.of("DELETE FROM job WHERE n = ?").with(job.n()).run();
    }

    /**
     * No other job gets its id for a week.
     *
     * @param forgotten whether a client wanted that, and is told that there is no such job
     */
    static void bury(Transaction transaction, UUID id, Instant now, boolean forgotten)
            throws SQLException {
        transaction
                .of("INSERT OR REPLACE INTO tombstone (id, at, forgotten) VALUES (?, ?, ?)")
                .with(Ids.bytes(id))
                .with(Times.nanos(now))
                .with(forgotten)
                .run();
    }

    private static void dropWithFile(Transaction transaction, String delete, long n)
            throws SQLException {
        for (var file : transaction.of(delete).with(n).all(Removal::file)) {
            transaction.discard(file);
        }
    }

    /** Some of them, if there are very many; the others are {@code leftover}. */
    static void dropTasks(Transaction transaction, long n) throws SQLException {
        if (dropSomeTasks(transaction, n) == MOST_TASKS) {
            transaction.of("INSERT OR IGNORE INTO leftover (job) VALUES (?)").with(n).run();
        }
    }

    /** Returns how many. */
    static int dropSomeTasks(Transaction transaction, long n) throws SQLException {
        var files =
                transaction
                        .of(
                                """
                                DELETE FROM task WHERE n IN (SELECT n FROM task WHERE job = ? LIMIT ?)
                                RETURNING file
                                """)
                        .with(n)
                        .with(MOST_TASKS)
                        .all(Removal::file);
        files.forEach(transaction::discard);
        return files.size();
    }

    /** Empty: there is none. */
    private static String file(Row row) throws SQLException {
        var file = row.textOrNull();
        return file == null ? "" : file;
    }
}
