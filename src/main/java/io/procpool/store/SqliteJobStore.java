package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.Quarantined;
import io.procpool.job.Task;
import io.procpool.job.Ticket;
import io.procpool.payload.InFlight;
import io.procpool.problem.Failure;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Jobs in the SQLite database. What each theme does is in a class of its own. */
@Component
final class SqliteJobStore implements JobStore {
    private final Database database;
    private final TakingIn takingIn;
    private final Claims claims;
    private final TaskWrites tasks;
    private final Endings endings;
    private final Reading reading;
    private final Quarantine quarantine;
    private final Stock stock;
    private final Clock clock;

    SqliteJobStore(Store store, Clock clock, InFlight memory) {
        database = store.database();
        this.clock = clock;
        takingIn = new TakingIn(database, clock, store.limit());
        tasks = new TaskWrites(database, clock);
        endings = new Endings(database);
        claims = new Claims(database, endings, memory);
        reading = new Reading(database, memory.another());
        quarantine = new Quarantine(database, memory);
        stock = new Stock(store, reading);
    }

    @Override
    public Accepted look(Key key) {
        return database.<Accepted>read(sql -> TakingIn.look(sql.of(Keys.LOOK), key));
    }

    @Override
    public Accepted accept(List<Entry> entries, @Nullable Key key) {
        return takingIn.accept(entries, key);
    }

    @Override
    public void withdraw(UUID id) {
        database.<Boolean>change(transaction -> drop(transaction, id, true));
    }

    @Override
    public Batch claim(String pool, Instant now, int limit, long maxBytes) {
        return claims.claim(pool, now, limit, maxBytes);
    }

    @Override
    public List<String> pools() {
        return reading.pools();
    }

    @Override
    public int rescue(Instant now) {
        return database.<Integer>change(transaction -> Rescue.all(transaction, now));
    }

    @Override
    public CompletionStage<Void> claimTasks(Ticket ticket, List<TaskClaim> claimed) {
        return tasks.claim(ticket, claimed);
    }

    @Override
    public CompletionStage<Void> begun(Ticket ticket, TaskClaim task, long pid, Instant at) {
        return tasks.begun(ticket, task, pid, at);
    }

    @Override
    public CompletionStage<Void> ended(
            Ticket ticket,
            TaskClaim task,
            Task.End end,
            List<Attempt> attempts,
            int place,
            @Nullable Quarantined quarantined) {
        return tasks.ended(ticket, task, end, attempts, place, quarantined);
    }

    @Override
    public CompletionStage<Void> again(Ticket ticket, TaskClaim task, List<Attempt> attempts) {
        return tasks.again(ticket, task, attempts);
    }

    @Override
    public CompletionStage<Boolean> finish(
            Ticket ticket,
            JobRecord record,
            @Nullable TaskClaim last,
            List<Quarantined> quarantined) {
        return endings.finish(ticket, record, last, quarantined);
    }

    @Override
    public Optional<JobRecord> end(UUID id, JobState.Final end) {
        return endings.end(id, end);
    }

    @Override
    public List<JobRecord> endAll(String pool, Failure why, Instant at, int limit) {
        return endings.endAll(pool, why, at, limit);
    }

    @Override
    public List<JobRecord> lapse(Instant now, int limit) {
        return endings.lapse(now, limit);
    }

    @Override
    public Found find(UUID id) {
        return reading.find(id);
    }

    @Override
    public List<JobRecord> list(Query query) {
        return database.<List<JobRecord>>read(new Listing(query)::read);
    }

    @Override
    public boolean forget(UUID id) {
        return database.<Boolean>change(transaction -> drop(transaction, id, false));
    }

    /** @param unheard of nobody: with its key; else only if it is final */
    private boolean drop(Transaction transaction, UUID id, boolean unheard) throws SQLException {
        var found =
                transaction
                        .of("SELECT " + StoredJob.LISTED + StoredJob.FROM + "WHERE j.id = ?")
                        .with(Ids.bytes(id))
                        .first(StoredJob::withoutValue);
        if (found.isEmpty() || (!unheard && !found.get().record().ready())) {
            return false;
        }
        if (unheard) {
            transaction
                    .of("DELETE FROM key WHERE n = (SELECT key FROM job WHERE n = ?)")
                    .with(found.get().n())
                    .run();
        }
        Removal.drop(transaction, found.get());
        if (!unheard) {
            Removal.bury(transaction, id, clock.instant(), true);
        }
        return true;
    }

    @Override
    public Holdings holdings() {
        return stock.now();
    }

    @Override
    public List<Quarantined> quarantine(@Nullable UUID before, int limit) {
        return quarantine.list(before, limit);
    }

    @Override
    public Optional<Quarantined> quarantined(UUID id) {
        return quarantine.find(id);
    }

    @Override
    public boolean dropQuarantined(UUID id) {
        return quarantine.drop(id);
    }
}
