package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.Quarantined;
import io.procpool.job.Task;
import io.procpool.job.Ticket;
import io.procpool.payload.InFlight;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.problem.Refused;
import io.procpool.store.Endings.KeptEnd;
import io.procpool.store.Endings.KeptQuarantined;
import io.procpool.store.Endings.Swept;
import io.procpool.store.TakingIn.Draft;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Accepted jobs in SQLite. */
final class SqliteJobStore implements JobStore {
    private static final Values.Kept NOTHING = new Values.Kept(null, null);

    private final Sqlite sqlite;
    private final Values values;
    private final Stock stock;
    private final InFlight inFlight;
    private final Clock clock;

    SqliteJobStore(Sqlite sqlite, Stock stock, InFlight inFlight, Clock clock) {
        this.sqlite = sqlite;
        this.values = sqlite.values();
        this.stock = stock;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    // --- taking in

    @Override
    public Accepted look(Key key) {
        return sqlite.readers().read(session -> TakingIn.look(session, key));
    }

    @Override
    public Accepted accept(List<Entry> entries, @Nullable Key key) {
        stock.requireRoom();
        var drafts = entries.stream().map(this::draft).toList();
        long bytes = drafts.stream().mapToLong(SqliteJobStore::weight).sum();
        try {
            var now = clock.instant();
            var accepted =
                    sqlite.write(bytes, session -> TakingIn.accept(session, drafts, key, now));
            if (!(accepted instanceof Accepted.Taken)) {
                drop(drafts);
            }
            return accepted;
        } catch (Refused refused) {
            drop(drafts);
            throw refused;
        }
    }

    private Draft draft(Entry entry) {
        return new Draft(entry, sqlite.file(() -> Submitted.of(entry.submission(), values)));
    }

    private static long weight(Draft draft) {
        var row = draft.submitted().body().row();
        return row == null ? 0 : row.size();
    }

    private void drop(List<Draft> drafts) {
        values.drop(
                drafts.stream()
                        .flatMap(
                                draft ->
                                        Optional.ofNullable(draft.submitted().body().file())
                                                .stream())
                        .toList());
    }

    @Override
    public void withdraw(UUID id) {
        sqlite.writeOwed(
                session -> {
                    TakingIn.withdraw(session, id);
                    return true;
                });
    }

    // --- claims

    @Override
    public Batch claim(String pool, Instant now, int limit, long maxBytes) {
        var holds = sqlite.writeOwed(session -> Claims.claim(session, pool, now, limit, maxBytes));
        return sqlite.readers().read(session -> Claims.read(session, holds, values, inFlight));
    }

    @Override
    public List<String> pools() {
        return sqlite.readers().read(Reading::pools);
    }

    @Override
    public int rescue(Instant now) {
        return sqlite.writeOwed(session -> Claims.rescue(session, now));
    }

    @Override
    public CompletionStage<Void> claimTasks(Ticket ticket, List<TaskClaim> claims) {
        var now = clock.instant();
        return later(0, session -> Claims.claimTasks(session, ticket, claims, now));
    }

    @Override
    public CompletionStage<Void> begun(Ticket ticket, TaskClaim task, long pid, Instant at) {
        return later(0, session -> Claims.begun(session, ticket, task, pid, at));
    }

    @Override
    public CompletionStage<Void> again(
            Ticket ticket, TaskClaim task, List<Attempt> attempts, int crashes) {
        return later(0, session -> Claims.again(session, ticket, task, attempts));
    }

    private interface Writing {
        void on(Session session) throws java.sql.SQLException;
    }

    private CompletionStage<Void> later(long bytes, Writing writing) {
        return sqlite.later(
                        bytes,
                        session -> {
                            writing.on(session);
                            return true;
                        })
                .thenAccept(_ -> {});
    }

    // --- ends

    @Override
    public CompletionStage<Void> ended(
            Ticket ticket,
            TaskClaim task,
            Task.End end,
            List<Attempt> attempts,
            int place,
            @Nullable Quarantined quarantined) {
        var kept = sqlite.fileOwed(() -> KeptEnd.of(end, values));
        var entry = quarantined == null ? null : keep(quarantined);
        return sqlite.later(
                        weight(kept.value().row()),
                        session ->
                                Endings.ended(session, ticket, task, kept, attempts, place, entry))
                .thenAccept(this::sweep);
    }

    private static long weight(@Nullable Payload row) {
        return row == null ? 0 : row.size();
    }

    private KeptQuarantined keep(Quarantined task) {
        return sqlite.fileOwed(
                () -> new KeptQuarantined(task, Submitted.of(task.submission(), values)));
    }

    private boolean sweep(Swept swept) {
        values.drop(swept.files());
        return swept.done();
    }

    @Override
    public CompletionStage<Boolean> finish(
            Ticket ticket,
            JobRecord record,
            @Nullable TaskClaim last,
            List<Quarantined> quarantined) {
        var value =
                record.state() instanceof JobState.Succeeded succeeded
                        ? sqlite.fileOwed(() -> values.keep(succeeded.value()))
                        : NOTHING;
        var entries = quarantined.stream().map(this::keep).toList();
        return sqlite.later(
                        weight(value.row()),
                        session -> Endings.finish(session, ticket, record, value, last, entries))
                .thenApply(this::sweep);
    }

    // --- jobs that nobody has claimed

    @Override
    public Optional<JobRecord> end(UUID id, JobState.Final end) {
        var ended = sqlite.writeOwed(session -> Endings.end(session, id, end));
        return ended.flatMap(found -> swept(found).stream().findFirst());
    }

    private List<JobRecord> swept(Endings.Ended ended) {
        values.drop(ended.files());
        return ended.records();
    }

    @Override
    public List<JobRecord> endAll(String pool, Failure why, Instant at, int limit) {
        return swept(sqlite.writeOwed(session -> Endings.endAll(session, pool, why, at, limit)));
    }

    @Override
    public List<JobRecord> lapse(Instant now, int limit) {
        boolean none =
                sqlite.readers()
                        .read(
                                session ->
                                        session.first(
                                                        "SELECT 1 AS due FROM jobs WHERE expires <= ? AND expires IS NOT NULL AND state = 'pending' AND claimed = 0 LIMIT 1",
                                                        _ -> true,
                                                        now)
                                                .isEmpty());
        return none
                ? List.of()
                : swept(sqlite.writeOwed(session -> Endings.lapse(session, now, limit)));
    }

    // --- reading

    @Override
    public Found find(UUID id) {
        return sqlite.readers().read(session -> Reading.find(session, id, values));
    }

    @Override
    public List<JobRecord> list(Query query) {
        return sqlite.readers().read(session -> Reading.list(session, query));
    }

    @Override
    public boolean forget(UUID id) {
        var swept =
                sqlite.writeOwed(
                        session -> {
                            var job =
                                    session.first(
                                            "SELECT seq FROM jobs WHERE id = ? AND finished IS NOT NULL",
                                            row -> row.number("seq"),
                                            id);
                            return job.isEmpty()
                                    ? new Swept(false, List.of())
                                    : new Swept(true, Retention.delete(session, job.get()));
                        });
        return sweep(swept);
    }

    @Override
    public Holdings holdings() {
        return stock.holdings();
    }

    // --- quarantine

    @Override
    public List<Quarantined> quarantine(@Nullable UUID before, int limit) {
        return sqlite.readers()
                .read(session -> Reading.quarantine(session, before, limit, values, inFlight));
    }

    @Override
    public Optional<Quarantined> quarantined(UUID id) {
        return sqlite.readers().read(session -> Reading.quarantined(session, id, values, inFlight));
    }

    @Override
    public boolean dropQuarantined(UUID id) {
        return sweep(
                sqlite.writeOwed(
                        session -> {
                            var files =
                                    session.list(
                                            "SELECT file FROM quarantine WHERE id = ? AND file IS NOT NULL",
                                            row -> row.text("file"),
                                            id);
                            int rows = session.update("DELETE FROM quarantine WHERE id = ?", id);
                            return new Swept(rows == 1, files);
                        }));
    }
}
