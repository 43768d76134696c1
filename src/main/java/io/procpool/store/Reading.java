package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore.Found;
import io.procpool.job.JobStore.Query;
import io.procpool.job.Quarantined;
import io.procpool.payload.InFlight;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is asked of the store. Runs on connections that only read. */
final class Reading {
    private static final int MOST_ATTEMPTS = 100;

    private Reading() {}

    private record Hit(long job, JobRecord record) {}

    static Found find(Session session, UUID id, Values values) throws SQLException {
        var hit =
                session.first(
                        "SELECT " + Records.WHOLE + " WHERE id = ?",
                        row -> new Hit(row.number("seq"), Records.whole(row, values)),
                        id);
        if (hit.isPresent()) {
            var record = hit.get().record();
            return new Found.There(
                    record.ready()
                            ? record
                            : Records.withAttempts(record, attempts(session, hit.get().job())));
        }
        return session.first("SELECT 1 AS gone FROM tombstones WHERE id = ?", _ -> true, id)
                        .isPresent()
                ? new Found.Gone()
                : new Found.Unknown();
    }

    /** Of an unfinished job's tasks. */
    static List<Attempt> attempts(Session session, long job) throws SQLException {
        return session
                .list(
                        "SELECT attempts FROM tasks WHERE job = ? AND attempts <> '[]' ORDER BY number LIMIT ?",
                        row -> Evidence.readAttempts(row.text("attempts")),
                        job,
                        MOST_ATTEMPTS)
                .stream()
                .flatMap(List::stream)
                .limit(MOST_ATTEMPTS)
                .toList();
    }

    static List<JobRecord> list(Session session, Query query) throws SQLException {
        var where = new ArrayList<String>();
        var values = new ArrayList<@Nullable Object>();
        add("pool = ?", query.pool(), where, values);
        add("state = ?", query.state(), where, values);
        add("func = ?", query.func(), where, values);
        add("created >= ?", query.from(), where, values);
        add("created < ?", query.to(), where, values);
        if (query.before() != null) {
            where.add("(created, id) < (?, ?)");
            values.add(query.before().created());
            values.add(query.before().id());
        }
        for (var label : query.labels()) {
            var exists = "EXISTS (SELECT 1 FROM labels WHERE labels.job = jobs.seq AND name = ?";
            where.add(exists + (label.value() == null ? ")" : " AND labels.value = ?)"));
            values.add(label.name());
            if (label.value() != null) {
                values.add(label.value());
            }
        }
        values.add(query.limit());
        // Only what is above is put together: no text of a client's is part of it.
        return session.list(
                "SELECT "
                        + Records.SUMMARY
                        + (where.isEmpty() ? "" : " WHERE " + String.join(" AND ", where))
                        + " ORDER BY created DESC, id DESC LIMIT ?",
                Records::summary,
                values.toArray());
    }

    private static void add(
            String condition,
            @Nullable Object value,
            List<String> where,
            List<@Nullable Object> values) {
        if (value != null) {
            where.add(condition);
            values.add(value);
        }
    }

    static List<String> pools(Session session) throws SQLException {
        return session.list(
                "SELECT DISTINCT pool FROM jobs WHERE claimed = 0 AND finished IS NULL",
                row -> row.text("pool"));
    }

    static Map<String, Long> states(Session session) throws SQLException {
        var states = new HashMap<String, Long>();
        JobState.LABELS.forEach(state -> states.put(state, 0L));
        session.list(
                        "SELECT state, count(*) AS jobs FROM jobs GROUP BY state",
                        row -> Map.entry(row.text("state"), row.number("jobs")))
                .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
        return Map.copyOf(states);
    }

    static long quarantinedTasks(Session session) throws SQLException {
        return session.first("SELECT count(*) AS tasks FROM quarantine", row -> row.number("tasks"))
                .orElse(0L);
    }

    static List<Quarantined> quarantine(
            Session session, @Nullable UUID before, int limit, Values values, InFlight inFlight)
            throws SQLException {
        return session.list(
                "SELECT * FROM quarantine WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
                row -> quarantined(row, values, inFlight),
                before,
                limit);
    }

    static Optional<Quarantined> quarantined(
            Session session, UUID id, Values values, InFlight inFlight) throws SQLException {
        return session.first(
                "SELECT * FROM quarantine WHERE id = ?",
                row -> quarantined(row, values, inFlight),
                id);
    }

    private static Quarantined quarantined(Session.Row row, Values values, InFlight inFlight)
            throws SQLException {
        return new Quarantined(
                row.id("id"),
                row.id("job"),
                row.time("at"),
                row.number("first_item"),
                row.integer("items"),
                Evidence.readAttempts(row.text("attempts")),
                Submitted.read(row, values, inFlight.hold()));
    }
}
