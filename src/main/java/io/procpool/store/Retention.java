package io.procpool.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What is kept for how long. Runs on the writer, in small parts: others want to write too. */
final class Retention {
    static final int AT_ONCE = 200;

    private static final Duration KEYS = Duration.ofHours(24);
    private static final Duration TOMBSTONES = Duration.ofDays(7);
    private static final int PAGES_AT_ONCE = 2_000;

    private record Old(long job, UUID id) {}

    private Retention() {}

    /**
     * What was dropped.
     *
     * @param files of theirs, for when that is committed
     */
    record Dropped(int count, List<String> files) {}

    /** Drops some results that have ended before that. */
    static Dropped drop(Session session, Instant endedBefore, Instant now) throws SQLException {
        var old =
                session.list(
                        "SELECT seq, id FROM jobs WHERE finished < ? ORDER BY finished LIMIT ?",
                        row -> new Old(row.number("seq"), row.id("id")),
                        endedBefore,
                        AT_ONCE);
        var files = new ArrayList<String>();
        for (var one : old) {
            session.update(
                    "INSERT OR REPLACE INTO tombstones (id, dropped) VALUES (?, ?)", one.id(), now);
            files.addAll(delete(session, one.job()));
        }
        return new Dropped(old.size(), files);
    }

    static List<String> delete(Session session, long job) throws SQLException {
        var files =
                session.list(
                        "SELECT file FROM outcomes WHERE job = ? AND file IS NOT NULL",
                        row -> row.text("file"),
                        job);
        session.update("DELETE FROM jobs WHERE seq = ?", job);
        return files;
    }

    /** Keys live as long as their job, and a day at least. */
    static void dropKeys(Session session, Instant now) throws SQLException {
        session.update(
                """
                DELETE FROM keys WHERE key IN (
                    SELECT key FROM keys WHERE created < ?
                        AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = keys.job)
                        AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.id = keys.job)
                    LIMIT ?)
                """,
                now.minus(KEYS),
                AT_ONCE);
        session.update(
                "DELETE FROM tombstones WHERE id IN (SELECT id FROM tombstones WHERE dropped < ? LIMIT ?)",
                now.minus(TOMBSTONES),
                AT_ONCE);
    }

    static boolean isAnyOld(Session session, Instant now) throws SQLException {
        return session.first(
                        """
                        SELECT 1 AS old FROM keys WHERE created < ?
                            AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = keys.job)
                            AND NOT EXISTS (SELECT 1 FROM tombstones WHERE tombstones.id = keys.job)
                        UNION ALL SELECT 1 FROM tombstones WHERE dropped < ? LIMIT 1
                        """,
                        _ -> true,
                        now.minus(KEYS),
                        now.minus(TOMBSTONES))
                .isPresent();
    }

    /** How many pages of the file are empty. */
    static long emptyPages(Session session) throws SQLException {
        return session.first("PRAGMA freelist_count", row -> row.number("freelist_count"))
                .orElse(0L);
    }

    /** Gives some of them back to the file system; returns whether there are more. */
    static boolean giveBack(Session session) throws SQLException {
        session.execute("PRAGMA incremental_vacuum(" + PAGES_AT_ONCE + ")");
        return emptyPages(session) > 0;
    }
}
