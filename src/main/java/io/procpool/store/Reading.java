package io.procpool.store;

import io.procpool.job.JobState;
import io.procpool.job.JobStore.Found;
import io.procpool.payload.InFlight;
import io.procpool.payload.Payload;
import io.procpool.problem.Refusal.ResultGone;
import io.procpool.problem.Refusal.ResultUnknown;
import io.procpool.problem.Refused;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/** What is there. */
final class Reading {
    private final Database database;
    private final InFlight memory;

    Reading(Database database, InFlight memory) {
        this.database = database;
        this.memory = memory;
    }

    Found find(UUID id) {
        var found = job(id);
        if (found.isEmpty()) {
            return whereIsIt(id);
        }
        var job = found.get();
        return new Found.There(
                job.filed() == null ? job.record() : job.with(value(id, job.filed())));
    }

    private Payload value(UUID id, StoredJob.Filed filed) {
        return Payload.of(
                new FiledValue(database, filed.name(), filed.size(), memory, () -> gone(id)));
    }

    /** Why the file of a value is not there. */
    private RuntimeException gone(UUID id) {
        if (job(id).isPresent()) {
            return new IllegalStateException("The value of result " + id + " is not there");
        }
        return new Refused( // dropped meanwhile, and its file with it
                whereIsIt(id) instanceof Found.Gone
                        ? new ResultGone(id.toString())
                        : new ResultUnknown(id.toString()));
    }

    private Optional<StoredJob> job(UUID id) {
        return database.<Optional<StoredJob>>read(
                sql -> {
                    var found =
                            sql.of(
                                            "SELECT "
                                                    + StoredJob.COLUMNS
                                                    + ", e.value"
                                                    + StoredJob.FROM
                                                    + "WHERE j.id = ?")
                                    .with(Ids.bytes(id))
                                    .first(StoredJob::withValue);
                    return found.isEmpty() || found.get().record().ready()
                            ? found
                            : Optional.of(gathered(sql, found.get()));
                });
    }

    static StoredJob gathered(Sql sql, StoredJob job) throws SQLException {
        return new StoredJob(job.n(), Evidence.gathered(sql, job), job.filed());
    }

    private Found whereIsIt(UUID id) {
        boolean gone =
                database.<Boolean>read(
                        sql ->
                                sql.of("SELECT at FROM tombstone WHERE id = ? AND forgotten = 0")
                                        .with(Ids.bytes(id))
                                        .first(Row::number)
                                        .isPresent());
        return gone ? new Found.Gone() : new Found.Unknown();
    }

    /** For which pools something waits: from each to the next, without a look at what is between. */
    List<String> pools() {
        return database.<List<String>>read(
                sql -> {
                    var pools = new TreeSet<String>();
                    for (var due : List.of("IS NULL", "IS NOT NULL")) {
                        var next = next(sql, due, "");
                        while (next.isPresent()) {
                            pools.add(next.get());
                            next = next(sql, due, next.get());
                        }
                    }
                    return List.copyOf(pools);
                });
    }

    private static Optional<String> next(Sql sql, String due, String after) throws SQLException {
        return sql.of(
                        "SELECT pool FROM job WHERE claimed = 0 AND finished IS NULL AND due "
                                + due
                                + " AND pool > ? ORDER BY pool LIMIT 1")
                .with(after)
                .first(Row::text);
    }

    Map<String, Long> states() {
        var states = new LinkedHashMap<String, Long>();
        JobState.LABELS.forEach(label -> states.put(label, 0L));
        database.<List<Long>>read(
                sql ->
                        sql.of("SELECT state, count(*) FROM job GROUP BY state")
                                .all(row -> put(states, row)));
        return states;
    }

    private static Long put(Map<String, Long> states, Row row) throws SQLException {
        var state = row.text();
        long count = row.number();
        states.put(state, count);
        return count;
    }

    long quarantined() {
        return database.<Long>read(
                sql -> sql.of("SELECT count(*) FROM quarantine").first(Row::number).orElse(0L));
    }
}
