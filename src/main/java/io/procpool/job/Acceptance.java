package io.procpool.job;

import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.Entry;
import io.procpool.job.JobStore.Found;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refusal.KeyReused;
import io.procpool.problem.Refusal.QuarantineUnknown;
import io.procpool.problem.Refusal.ResultGone;
import io.procpool.problem.Refusal.ResultUnknown;
import io.procpool.problem.Refusal.StoreFailed;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Takes jobs in for good: they are stored before anybody is told, and are run at once if there is room for them in memory. */
final class Acceptance {
    /** One that is about to be stored. {@code job} is null if it waits in the store then. */
    private record Draft(Entry entry, @Nullable Job job) {
        String pool() {
            return entry.submission().pool();
        }
    }

    private static final Duration SOON = Duration.ofSeconds(1);

    private final JobStore store;
    private final Workers workers;
    private final Lines lines;
    private final Keeper keeper;

    Acceptance(JobStore store, Workers workers, Keeper keeper) {
        this.store = store;
        this.workers = workers;
        this.lines = keeper.feeder().lines();
        this.keeper = keeper;
    }

    Optional<String> answered(Request request) {
        return switch (store.look(new JobStore.Key(request.key(), request.fingerprint(), ""))) {
            case Accepted.Replayed(var answer) -> Optional.of(answer);
            case Accepted.Conflict _ -> throw new Refused(new KeyReused(request.key()));
            case Accepted.Taken _, Accepted.NotQuarantined _ -> Optional.empty();
        };
    }

    Receipt accept(Submission submission, @Nullable Request request) {
        return into(submission, () -> accept(keeper.newId(), submission, request, null, null));
    }

    /** A repeat is answered whatever has become of its pool. */
    Receipt put(UUID id, Submission submission, String fingerprint) {
        var request = put(id, fingerprint);
        return putBefore(id, request)
                .orElseGet(
                        () -> into(submission, () -> accept(id, submission, request, null, null)));
    }

    private <T> T into(Submission submission, Supplier<T> taking) {
        return into(List.of(submission), taking);
    }

    /** Into pools that are open, and stay so until they have their jobs: whoever closes one meanwhile has those done too. */
    private <T> T into(Collection<Submission> oneOfEach, Supplier<T> taking) {
        oneOfEach.forEach(workers::check); // no pool that is not there gets a line
        oneOfEach.forEach(submission -> lines.expect(submission.pool()));
        try {
            oneOfEach.forEach(workers::check);
            return taking.get();
        } finally {
            oneOfEach.forEach(submission -> keeper.feeder().come(submission.pool()));
        }
    }

    /** No key of a client's: those have no spaces. */
    private static Request put(UUID id, String fingerprint) {
        return new Request("PUT " + id, fingerprint);
    }

    /**
     * What became of the same request when it came first, if it did.
     *
     * @throws Refused {@link KeyReused}; {@link ResultGone} if what had the id is there no more
     */
    private Optional<Receipt> putBefore(UUID id, Request request) {
        var answer = answered(request);
        if (answer.isEmpty() && isOfCall(id)) {
            throw new Refused(new KeyReused(id.toString()));
        }
        if (answer.isEmpty() && store.find(id) instanceof Found.Gone) {
            throw new Refused(new ResultGone(id.toString()));
        }
        return answer.map(this::replayed);
    }

    /** Whether it is that of a call that somebody waits for, or was answered a moment ago. */
    private boolean isOfCall(UUID id) {
        var job = keeper.live().get(id);
        return (job != null && job.waitedFor()) || keeper.recent().find(id).isPresent();
    }

    Optional<Receipt> replayed(Request request) {
        return answered(request).map(this::replayed);
    }

    private Receipt replayed(String answer) {
        try {
            return new Receipt(keeper.require(UUID.fromString(answer)), true);
        } catch (Refused refused) {
            throw refused.problem() instanceof ResultUnknown
                    ? new Refused(
                            new ResultGone(answer)) // it was there, and somebody has it forgotten
                    : refused;
        }
    }

    Receipt release(Quarantined task, Submission submission, @Nullable Request request) {
        return into(
                submission,
                () -> accept(keeper.newId(), submission, request, task.job(), task.id()));
    }

    private Receipt accept(
            UUID id,
            Submission submission,
            @Nullable Request request,
            @Nullable UUID retryOf,
            @Nullable UUID releases) {
        var draft = draft(id, submission, retryOf, releases);
        var accepted = store(List.of(draft), key(request, id.toString()));
        return switch (accepted) {
            case Accepted.Taken _ -> new Receipt(begin(draft), false);
            case Accepted.Replayed(var answer) -> replayed(answer);
            case Accepted.Conflict _ -> throw new Refused(conflict(id, request));
            case Accepted.NotQuarantined _ ->
                    throw new Refused(new QuarantineUnknown(String.valueOf(releases)));
        };
    }

    /** The key came with another request, or the id is taken: by another job, or by one that was forgotten. */
    private Refusal conflict(UUID id, @Nullable Request request) {
        if (request == null) {
            return new KeyReused(id.toString());
        }
        boolean free =
                store.look(new JobStore.Key(request.key(), request.fingerprint(), ""))
                        instanceof Accepted.Taken;
        return free && store.find(id) instanceof Found.Unknown
                ? new ResultGone(id.toString())
                : new KeyReused(request.key());
    }

    BatchReceipt acceptAll(
            List<Submission> submissions,
            @Nullable Request request,
            Function<List<UUID>, String> answer) {
        var pools = new HashMap<String, Submission>();
        submissions.forEach(submission -> pools.put(submission.pool(), submission));
        return into(pools.values(), () -> takeAll(submissions, request, answer));
    }

    private BatchReceipt takeAll(
            List<Submission> submissions,
            @Nullable Request request,
            Function<List<UUID>, String> answer) {
        var ids = submissions.stream().map(_ -> keeper.newId()).toList();
        var key = request == null ? null : key(request, answer.apply(ids));
        var drafts =
                IntStream.range(0, ids.size())
                        .mapToObj(i -> draft(ids.get(i), submissions.get(i), null, null))
                        .toList();
        return switch (store(drafts, key)) {
            case Accepted.Taken _ -> {
                drafts.forEach(this::begin);
                yield new BatchReceipt.Taken(ids);
            }
            case Accepted.Replayed(var before) -> new BatchReceipt.Replayed(before);
            case Accepted.Conflict _, Accepted.NotQuarantined _ ->
                    throw new Refused(new KeyReused(request == null ? "an id" : request.key()));
        };
    }

    private static JobStore.@Nullable Key key(@Nullable Request request, String answer) {
        return request == null
                ? null
                : new JobStore.Key(request.key(), request.fingerprint(), answer);
    }

    private Draft draft(
            UUID id, Submission submission, @Nullable UUID retryOf, @Nullable UUID releases) {
        var identity = new Job.Identity(id, keeper.now(), retryOf);
        var notBefore = submission.terms().notBefore();
        boolean due = notBefore == null || !notBefore.isAfter(identity.created());
        if (!due || keeper.room() < 0 || !lines.enter(submission.pool(), submission.priority())) {
            var record = Keeper.waiting(identity, submission);
            return new Draft(new Entry(record, submission, false, true, releases), null);
        }
        var job = keeper.claimed(identity, submission, new Ticket(id, 1));
        return new Draft(new Entry(job.snapshot(), submission, true, true, releases), job);
    }

    /** If nothing was stored the places in memory are given back, and the bodies' memory too. */
    private Accepted store(List<Draft> drafts, JobStore.@Nullable Key key) {
        var stored = false;
        try {
            var accepted = store.accept(drafts.stream().map(Draft::entry).toList(), key);
            stored = accepted instanceof Accepted.Taken;
            if (!stored) {
                drafts.forEach(draft -> draft.entry().submission().hold().close());
            }
            return accepted;
        } finally {
            if (!stored) {
                drafts.stream()
                        .filter(draft -> draft.job() != null)
                        .forEach(draft -> lines.leave(draft.pool()));
            }
        }
    }

    private JobRecord begin(Draft draft) {
        keeper.submitted(draft.entry().submission());
        var job = draft.job();
        if (job == null) {
            draft.entry().submission().hold().close();
            lines.arrived(draft.pool(), draft.entry().submission().priority());
            return endIfTooLate(draft);
        }
        draft.entry().first().ifPresent(_ -> job.claimedAhead());
        keeper.begin(job);
        return draft.entry().record();
    }

    /** The pool may have been terminated, or deleted, while it was stored; then nobody else ends it. If the service is ending the pools are, too, and it waits for the next. */
    private JobRecord endIfTooLate(Draft draft) {
        if (workers.fate(draft.pool()) != Workers.Fate.RUN && !keeper.suspended()) {
            keeper.endStored(
                    draft.entry().record().id(),
                    new JobState.Failed(
                            null, keeper.now(), new Failure.PoolTerminated(draft.pool())));
        }
        return draft.entry().record();
    }

    /**
     * A job that somebody waits for is kept from now on.
     *
     * @return false if it has got its outcome meanwhile
     * @throws Refused {@code StoreFailed}: the next service may run it, though it has got its outcome
     */
    boolean keep(Job job) {
        var record = job.snapshot();
        if (record.ready()) {
            return false;
        }
        // First: once it is accepted, its end goes to the store.
        var entry = new Entry(record, job.submission(), true, false, null);
        if (!(store.accept(List.of(entry), null) instanceof Accepted.Taken)) {
            return false; // somebody has chosen its id: it stays what it is
        }
        lines.join(job.submission().pool());
        var ticket = new Ticket(job.id(), 1);
        if (!job.becomeAsync(ticket)) {
            lines.leave(job.submission().pool());
            takeBack(job);
            return false;
        }
        var failed = job.mostRun();
        if (failed != null) { // it may have failed while it was not accepted
            keeper.again(ticket, failed).toCompletableFuture().join();
        }
        keeper.withdrawIfOver(job);
        return true;
    }

    private void takeBack(Job job) {
        try {
            store.withdraw(job.id());
        } catch (Refused refused) { // for want of room too
            throw new Refused(new StoreFailed(SOON));
        }
    }
}
