package io.procpool.store;

import io.procpool.job.JobStore;
import java.sql.SQLException;
import java.time.Instant;

/** What makes a request that is sent again the same one. */
final class Keys {
    static final String LOOK = "SELECT fingerprint, answer FROM key WHERE text = ?";

    private Keys() {}

    /** Returns its number. */
    static Long insert(Transaction transaction, JobStore.Key key, Instant now) throws SQLException {
        transaction
                .of("INSERT INTO key (text, fingerprint, created, answer) VALUES (?, ?, ?, ?)")
                .with(key.text())
                .with(key.fingerprint())
                .with(Times.nanos(now))
                .with(key.answer())
                .run();
        return transaction.of("SELECT last_insert_rowid()").first(Row::number).orElseThrow();
    }

    /** Deletes up to a hundred that are older, and whose jobs are gone. Returns how many. */
    static int deleteOld(Transaction transaction, Instant before) throws SQLException {
        return transaction
                .of(
                        """
                        DELETE FROM key WHERE n IN (
                            SELECT n FROM key WHERE created < ?
                                AND NOT EXISTS (SELECT 1 FROM job WHERE job.key = key.n)
                            ORDER BY created LIMIT 100)
                        """)
                .with(Times.nanos(before))
                .run();
    }
}
