package io.procpool.durability;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.uuid.Generators;
import io.procpool.durability.Operation.Deed.Submitted;
import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Entry;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Submission;
import io.procpool.job.Terms;
import io.procpool.job.Ticket;
import io.procpool.job.Verb;
import io.procpool.payload.InFlight;
import io.procpool.payload.Payload;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A service that was thought to be gone ends a job that another one has claimed since. Two services can't have one embedded store at a time: both are played here, on the store of
 * a third, in a pool that is not its.
 */
final class Zombie {
    private static final String POOL = "elsewhere";
    private static final String TAG = "zombie";
    private static final long WRITTEN_WITHIN = 60; // a ceiling
    private static final TaskClaim FIRST = new TaskClaim(0, 0, 1, 1);
    private static final TaskClaim SECOND = new TaskClaim(0, 0, 1, 2);

    private final UUID id = Generators.timeBasedEpochGenerator().generate();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private final History history = new History();
    private final List<Ledger.Entry> ledger = new ArrayList<>();
    private final JobStore store;
    private final InFlight inFlight;

    private Zombie(JobStore store, InFlight inFlight) {
        this.store = store;
        this.inFlight = inFlight;
    }

    /** What the checker finds. */
    static List<Violation> walks(Path home, Interposer interposer) throws Exception {
        try (var service =
                Interposed.start(
                        interposer,
                        "--server.port=0",
                        "--procpool.home=" + home,
                        "--procpool.pools.default.processes=1")) {
            var zombie =
                    new Zombie(service.getBean(JobStore.class), service.getBean(InFlight.class));
            var port = service.getEnvironment().getRequiredProperty("local.server.port");
            zombie.play();
            try (var caller = new Caller(zombie.history, () -> "http://127.0.0.1:" + port)) {
                var dump = new ApiDump(caller);
                return Checker.check(
                        new Evidence(
                                zombie.history.operations(),
                                new Ledger(zombie.ledger),
                                new Dump(
                                        dump.jobs(),
                                        new SqlDump(home).jobs(),
                                        dump.metrics(),
                                        dump.quarantine())));
            }
        }
    }

    private void play() throws Exception {
        long asked = System.nanoTime();
        var pending = record(new JobState.Pending(), 1, List.of());
        store.accept(List.of(new Entry(pending, submission(), true, true, null)), null);
        var submitted =
                new Submitted(
                        List.of(Wanted.harmless(TAG)), null, "zombie", List.of(id.toString()));
        history.add(submitted, Reply.OK, asked);
        begins(1);
        store.rescue(now);
        var claimed = store.claim(POOL, now, 1, 1 << 20).jobs().getFirst();
        begins(2);

        ends(new Ticket(id, 1), FIRST, List.of(attempt(1)));
        var lost = claimed.tasks().getFirst().attempts();
        ends(claimed.ticket(), SECOND, List.of(lost.getFirst(), attempt(2)));
    }

    private void begins(int attempt) {
        ledger.add(
                new Ledger.Entry(
                        true, System.nanoTime(), id.toString(), 0, attempt, 100 + attempt, TAG));
    }

    private void ends(Ticket ticket, TaskClaim task, List<Attempt> attempts) throws Exception {
        var value =
                Payload.ofUtf8("{\"tag\":\"%s\",\"attempt\":%d}".formatted(TAG, task.attempt()));
        var end = new JobState.Succeeded(now, now, value, List.of());
        store.finish(ticket, record(end, ticket.epoch(), attempts), task, List.of())
                .toCompletableFuture()
                .get(WRITTEN_WITHIN, SECONDS);
    }

    private JobRecord record(JobState state, int epoch, List<Attempt> attempts) {
        return new JobRecord(
                id,
                POOL,
                Verb.APPLY,
                "ledger.ok",
                false,
                true,
                now,
                state,
                1,
                attempts.isEmpty() ? 0 : 1,
                attempts,
                new Ticket(id, epoch).firstVersion(),
                null,
                Map.of("tag", TAG),
                null,
                null);
    }

    private Attempt attempt(int n) {
        return new Attempt(n, 0, 1, 100 + n, 0, now, now, null, null, 0, 0, "", false, null);
    }

    private Submission submission() {
        var terms =
                new Terms(Terms.ASYNC.retries(), Terms.ASYNC.delivery(), Map.of("tag", TAG), null);
        return new Submission(
                POOL,
                Verb.APPLY,
                "ledger.ok",
                Payload.ofUtf8("[]"),
                Payload.ofUtf8("{}"),
                null,
                null,
                null,
                null,
                0,
                false,
                terms,
                inFlight.hold());
    }
}
