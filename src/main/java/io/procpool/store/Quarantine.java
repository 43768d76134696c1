package io.procpool.store;

import io.procpool.job.Quarantined;
import io.procpool.job.Submission;
import io.procpool.payload.InFlight;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tasks that have killed their workers too often. */
final class Quarantine {
    private static final String READ =
            "SELECT id, job, at, first_item, items, attempts, "
                    + Body.COLUMNS
                    + " FROM quarantine ";

    /** Without values: a page of them could be larger than all memory. */
    private static final String LIST =
            "SELECT id, job, at, first_item, items, attempts, submission, 0, 0, NULL, NULL FROM quarantine ";

    private final Database database;
    private final InFlight memory;

    Quarantine(Database database, InFlight memory) {
        this.database = database;
        this.memory = memory;
    }

    /** One that is to go in, whose body is written. */
    record Case(Quarantined quarantined, Body body) {}

    static List<Case> cases(List<Quarantined> all, Values values) throws IOException {
        var cases = new ArrayList<Case>();
        for (var one : all) {
            cases.add(new Case(one, new Body(one.submission(), values, true)));
        }
        return cases;
    }

    static void insert(Transaction transaction, List<Case> cases) throws SQLException, IOException {
        for (var one : cases) {
            var quarantined = one.quarantined();
            one.body().content().ensure();
            one.body()
                    .bind(
                            transaction
                                    .of(
                                            "INSERT INTO quarantine (id, job, at, first_item, items, attempts, "
                                                    + Body.COLUMNS
                                                    + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                                    .with(Ids.bytes(quarantined.id()))
                                    .with(Ids.bytes(quarantined.job()))
                                    .with(Times.nanos(quarantined.at()))
                                    .with(quarantined.firstItem())
                                    .with(quarantined.items())
                                    .with(EvidenceJson.attempts(quarantined.attempts())))
                    .run();
        }
    }

    static boolean delete(Transaction transaction, UUID id) throws SQLException {
        var gone =
                transaction
                        .of("DELETE FROM quarantine WHERE id = ? RETURNING coalesce(file, '')")
                        .with(Ids.bytes(id))
                        .all(Row::text);
        gone.forEach(transaction::discard);
        return !gone.isEmpty();
    }

    private record Found(
            UUID id,
            UUID job,
            Instant at,
            long firstItem,
            int items,
            String attempts,
            Body.Stored body) {
        Quarantined with(Submission submission) {
            return new Quarantined(
                    id, job, at, firstItem, items, EvidenceJson.attempts(attempts), submission);
        }

        static Found read(Row row) throws SQLException {
            return new Found(
                    row.id(),
                    row.id(),
                    row.time(),
                    row.number(),
                    row.integer(),
                    row.text(),
                    Body.read(row));
        }
    }

    List<Quarantined> list(@Nullable UUID before, int limit) {
        var found =
                database.<List<Found>>read(
                        sql ->
                                before == null
                                        ? sql.of(LIST + "ORDER BY id DESC LIMIT ?")
                                                .with(limit)
                                                .all(Found::read)
                                        : sql.of(LIST + "WHERE id < ? ORDER BY id DESC LIMIT ?")
                                                .with(Ids.bytes(before))
                                                .with(limit)
                                                .all(Found::read));
        return found.stream().map(one -> one.with(one.body().terms(memory.hold()))).toList();
    }

    Optional<Quarantined> find(UUID id) {
        return database.<Optional<Found>>read(
                        sql -> sql.of(READ + "WHERE id = ?").with(Ids.bytes(id)).first(Found::read))
                .flatMap(this::complete);
    }

    /** Empty: it was dropped a moment ago, and its file with it. */
    private Optional<Quarantined> complete(Found found) {
        try {
            return Optional.of(
                    found.with(found.body().submission(database.values(), memory.hold())));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException failure) {
            throw database.failed(failure);
        }
    }

    boolean drop(UUID id) {
        return database.<Boolean>change(transaction -> delete(transaction, id));
    }
}
