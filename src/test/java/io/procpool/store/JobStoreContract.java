package io.procpool.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.Arrivals;
import io.procpool.job.Attempt;
import io.procpool.job.Delivery;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Accepted;
import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.Cursor;
import io.procpool.job.JobStore.Entry;
import io.procpool.job.JobStore.Found;
import io.procpool.job.JobStore.Label;
import io.procpool.job.JobStore.Query;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.job.Progress;
import io.procpool.job.Quarantined;
import io.procpool.job.Retries;
import io.procpool.job.Submission;
import io.procpool.job.Task;
import io.procpool.job.Terms;
import io.procpool.job.Ticket;
import io.procpool.job.Verb;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.service.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link JobStore} promises. Each adapter's test extends this. */
abstract class JobStoreContract {
    static final Instant NOW = Records.CREATED.plusSeconds(60);
    static final TaskClaim FIRST = new TaskClaim(0, 0, 1, 1);
    private static final Query ALL = Query.all(1_000);

    /** An empty store, the same for one test. */
    abstract JobStore store();

    static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void accepted(Entry... entries) {
        assertThat(store().accept(List.of(entries), null)).isEqualTo(new Accepted.Taken());
    }

    private static JobRecord ended(int n, JobState end) {
        return Records.with(Records.apply(n, true).record(), end);
    }

    private static JobRecord succeeded(int n, String value) {
        return ended(
                n,
                new JobState.Succeeded(
                        Records.STARTED, Records.FINISHED, Payload.ofUtf8(value), List.of()));
    }

    private boolean finish(int n, int epoch, JobRecord record) {
        return done(store().finish(ticket(n, epoch), record, null, List.of()));
    }

    private static Ticket ticket(int n, int epoch) {
        return new Ticket(Records.id(n), epoch);
    }

    private List<Claimed> claim(int limit) {
        return store().claim("pool", NOW, limit, Long.MAX_VALUE).jobs();
    }

    private static List<UUID> ids(List<Claimed> claimed) {
        return claimed.stream().map(one -> one.record().id()).toList();
    }

    private static List<UUID> ids(int... numbers) {
        return IntStream.of(numbers).mapToObj(Records::id).toList();
    }

    private List<UUID> list(Query query) {
        return store().list(query).stream().map(JobRecord::id).toList();
    }

    private JobRecord there(int n) {
        return ((Found.There) store().find(Records.id(n))).record();
    }

    private static Entry prioritised(int n, int priority) {
        var submission = Records.submission(priority, Terms.ASYNC, null, Verb.APPLY);
        return Records.entry(n, submission, false);
    }

    private static Terms terms(Delivery delivery, Map<String, String> labels, Instant notBefore) {
        return new Terms(
                new Retries(3, Duration.ofNanos(1_500_000_001), List.of("timed-out")),
                delivery,
                labels,
                notBefore);
    }

    private static void assertSame(Submission stored, Submission sent) {
        assertThat(stored.withHold(null).withoutItems())
                .isEqualTo(sent.withHold(null).withoutItems());
        assertThat(stored.items()).isEqualTo(sent.items());
        assertThat(stored.iterable() == null).isEqualTo(sent.iterable() == null);
        if (sent.iterable() != null) {
            assertThat(stored.iterable().range(0, stored.items()))
                    .isEqualTo(sent.iterable().range(0, sent.items()));
        }
    }

    // --- taking in

    @Test
    void an_accepted_job_is_there() {
        accepted(Records.apply(1, false));
        assertThat(there(1)).isEqualTo(Records.apply(1, false).record());
        assertThat(store().list(ALL)).containsExactly(Records.apply(1, false).record());
    }

    @Test
    void an_id_that_was_never_accepted_is_unknown() {
        accepted(Records.apply(1, false));
        for (var id : List.of(Records.id(2), new UUID(0, 0), new UUID(-1, -1))) {
            assertThat(store().find(id)).isEqualTo(new Found.Unknown());
        }
    }

    @Test
    void jobs_of_one_request_are_taken_all_or_none() {
        accepted(Records.apply(2, false));
        var batch =
                List.of(Records.apply(1, false), Records.apply(2, false), Records.apply(3, false));
        assertThat(store().accept(batch, new JobStore.Key("k", "f", "a")))
                .isEqualTo(new Accepted.Conflict());
        assertThat(list(ALL)).isEqualTo(ids(2));
        assertThat(store().look(new JobStore.Key("k", "f", "a"))).isEqualTo(new Accepted.Taken());
        var twice = List.of(Records.apply(4, false), Records.apply(4, false));
        assertThat(store().accept(twice, null)).isEqualTo(new Accepted.Conflict());
        assertThat(list(ALL)).isEqualTo(ids(2));
    }

    @Test
    void a_key_has_its_effect_once() {
        var key = new JobStore.Key("k", "f", "answer é");
        assertThat(store().look(key)).isEqualTo(new Accepted.Taken());
        assertThat(store().accept(List.of(Records.apply(1, false)), key))
                .isEqualTo(new Accepted.Taken());
        var replayed = new Accepted.Replayed("answer é");
        var again = new JobStore.Key("k", "f", "another");
        assertThat(store().look(again)).isEqualTo(replayed);
        assertThat(store().accept(List.of(Records.apply(2, false)), again)).isEqualTo(replayed);
        assertThat(store().accept(List.of(Records.apply(1, false)), again)).isEqualTo(replayed);
        var other = new JobStore.Key("k", "g", "a");
        assertThat(store().look(other)).isEqualTo(new Accepted.Conflict());
        assertThat(store().accept(List.of(Records.apply(2, false)), other))
                .isEqualTo(new Accepted.Conflict());
        assertThat(list(ALL)).isEqualTo(ids(1));
    }

    @Test
    void of_many_requests_with_one_key_at_once_one_is_taken() {
        for (int round = 0; round < 20; round++) {
            int base = 10 * round;
            var key = new JobStore.Key("k" + round, "f", "a");
            var all =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    i ->
                                            CompletableFuture.supplyAsync(
                                                    () ->
                                                            store().accept(
                                                                            List.of(
                                                                                    Records.apply(
                                                                                            base
                                                                                                    + i,
                                                                                            false)),
                                                                            key)))
                            .toList();
            var ends = all.stream().map(CompletableFuture::join).toList();
            assertThat(ends).filteredOn(new Accepted.Taken()::equals).hasSize(1);
            assertThat(ends).filteredOn(new Accepted.Replayed("a")::equals).hasSize(7);
            assertThat(list(ALL)).hasSize(round + 1);
        }
    }

    @Test
    void a_withdrawn_job_was_never_there_nor_its_key() {
        var key = new JobStore.Key("k", "f", "a");
        store().accept(List.of(Records.map(1, true)), key);
        accepted(Records.apply(2, false));
        store().withdraw(Records.id(1));
        store().withdraw(Records.id(3));
        assertThat(store().find(Records.id(1))).isEqualTo(new Found.Unknown());
        assertThat(store().look(key)).isEqualTo(new Accepted.Taken());
        assertThat(finish(1, 1, succeeded(1, "1"))).isFalse();
        accepted(Records.apply(1, false));
        assertThat(list(ALL)).isEqualTo(ids(2, 1));
    }

    // --- claims

    @Test
    void a_submission_is_claimed_as_it_was_sent() {
        var labels = Map.of("a", "1", "é", "\"");
        var all =
                List.of(
                        Records.submission(0, Terms.ASYNC, null, Verb.APPLY),
                        Records.submission(
                                0,
                                terms(Delivery.AT_MOST_ONCE, labels, Records.CREATED.plusNanos(1)),
                                Duration.ofDays(40_000_000),
                                Verb.STARMAP),
                        Records.submission(
                                "pool", 0, Terms.ASYNC, Duration.ofDays(2), Verb.IMAP, "[]"));
        for (int n = 0; n < all.size(); n++) {
            accepted(Records.entry(n + 1, all.get(n), false));
        }
        var claimed = claim(10);
        assertThat(claimed).hasSize(3);
        for (int n = 0; n < all.size(); n++) {
            assertSame(claimed.get(n).submission(), all.get(n));
            assertThat(claimed.get(n).record())
                    .isEqualTo(Records.entry(n + 1, all.get(n), false).record());
            assertThat(claimed.get(n).ticket()).isEqualTo(ticket(n + 1, 1));
        }
        assertThat(claimed)
                .extracting(Claimed::first)
                .containsExactly(Optional.of(FIRST), Optional.empty(), Optional.empty());
    }

    @Test
    void jobs_are_claimed_by_falling_priority_and_then_by_age_and_each_once() {
        var order = new ArrayList<>(IntStream.rangeClosed(1, 60).boxed().toList());
        Collections.shuffle(order, new Random(7));
        order.forEach(n -> accepted(prioritised(n, n % 3)));
        var expected =
                IntStream.rangeClosed(1, 60)
                        .boxed()
                        .sorted((a, b) -> a % 3 != b % 3 ? b % 3 - a % 3 : a - b)
                        .map(Records::id)
                        .toList();
        var claimed = new ArrayList<UUID>();
        var batch = store().claim("pool", NOW, 7, Long.MAX_VALUE);
        claimed.addAll(ids(batch.jobs()));
        while (batch.more()) {
            batch = store().claim("pool", NOW, 7, Long.MAX_VALUE);
            claimed.addAll(ids(batch.jobs()));
        }
        assertThat(claimed).isEqualTo(expected);
        assertThat(batch.nextDue()).isNull();
        assertThat(store().claim("pool", NOW, 7, Long.MAX_VALUE).jobs()).isEmpty();
        assertThat(store().claim("other", NOW, 7, Long.MAX_VALUE).jobs()).isEmpty();
    }

    @Test
    void a_batch_is_no_larger_than_it_may_but_for_one_that_is_longer_alone() {
        IntStream.rangeClosed(1, 4).forEach(n -> accepted(Records.apply(n, false)));
        var first = store().claim("pool", NOW, 10, 1);
        assertThat(ids(first.jobs())).isEqualTo(ids(1));
        assertThat(first.more()).isTrue();
        assertThat(ids(claim(10))).isEqualTo(ids(2, 3, 4));
    }

    @Test
    void a_job_is_not_claimed_before_its_time() {
        var due = NOW.plusSeconds(5);
        var later = terms(Delivery.AT_LEAST_ONCE, Map.of(), due);
        accepted(
                Records.entry(1, Records.submission(9, later, null, Verb.APPLY), false),
                Records.apply(2, false));
        var now = store().claim("pool", NOW, 10, Long.MAX_VALUE);
        assertThat(ids(now.jobs())).isEqualTo(ids(2));
        assertThat(now.nextDue()).isEqualTo(due);
        assertThat(now.more()).isFalse();
        assertThat(store().pools()).containsExactly("pool");
        var then = store().claim("pool", due, 10, Long.MAX_VALUE);
        assertThat(ids(then.jobs())).isEqualTo(ids(1));
        assertThat(then.nextDue()).isNull();
        assertThat(store().pools()).isEmpty();
    }

    @Test
    void pools_are_those_for_which_something_waits() {
        for (var pool : List.of("b", "a", "c")) {
            var submission = Records.submission(pool, 0, Terms.ASYNC, null, Verb.APPLY, "[]");
            accepted(Records.entry(pool.charAt(0), submission, pool.equals("c")));
        }
        assertThat(store().pools()).containsExactlyInAnyOrder("a", "b");
    }

    /** G5: a stale claim can't harm a later one. */
    @Test
    void what_is_written_with_a_stale_ticket_changes_nothing() {
        accepted(Records.apply(1, true));
        store().rescue(NOW);
        assertThat(claim(1)).hasSize(1);
        var before = there(1);
        done(store().begun(ticket(1, 1), FIRST, 1, NOW));
        done(store().again(ticket(1, 1), FIRST, List.of()));
        done(store().claimTasks(ticket(1, 1), List.of(new TaskClaim(1, 1, 1, 1))));
        done(
                store().ended(
                                ticket(1, 1),
                                new TaskClaim(0, 0, 1, 2),
                                new Task.End.Broke(new Failure.Cancelled()),
                                List.of(),
                                0,
                                Records.quarantined(9, Records.apply(1, true).submission())));
        assertThat(finish(1, 1, succeeded(1, "1"))).isFalse();
        assertThat(there(1)).isEqualTo(before);
        assertThat(store().quarantine(null, 10)).isEmpty();
        assertThat(finish(1, 2, succeeded(1, "2"))).isTrue();
        assertThat(there(1)).isEqualTo(succeeded(1, "2"));
    }

    @Test
    void what_is_written_with_a_stale_attempt_changes_nothing() {
        accepted(Records.apply(1, true));
        done(store().again(ticket(1, 1), FIRST, List.of(Records.attempt(1, null))));
        var second = new TaskClaim(0, 0, 1, 2);
        done(store().claimTasks(ticket(1, 1), List.of(second)));
        done(store().begun(ticket(1, 1), FIRST, 1, NOW));
        assertThat(there(1).state()).isEqualTo(new JobState.Pending());
        assertThat(done(store().finish(ticket(1, 1), succeeded(1, "1"), FIRST, List.of())))
                .isFalse();
        assertThat(done(store().finish(ticket(1, 1), succeeded(1, "2"), second, List.of())))
                .isTrue();
        assertThat(there(1)).isEqualTo(succeeded(1, "2"));
    }

    @Test
    void a_job_runs_when_its_first_task_has_begun() {
        accepted(Records.apply(1, true));
        done(store().begun(ticket(1, 1), FIRST, 4711, Records.STARTED));
        assertThat(there(1).state()).isEqualTo(new JobState.Running(Records.STARTED));
    }

    @Test
    void rescue_voids_all_claims_and_leaves_evidence_of_the_runs() {
        accepted(Records.apply(1, true), Records.apply(2, true), Records.apply(3, false));
        accepted(Records.apply(4, true));
        done(store().begun(ticket(1, 1), FIRST, 4711, Records.STARTED));
        finish(4, 1, succeeded(4, "4"));
        assertThat(claim(10)).hasSize(1);
        assertThat(store().rescue(NOW)).isEqualTo(3);
        assertThat(there(4)).isEqualTo(succeeded(4, "4"));
        assertThat(there(1).version()).isEqualTo(ticket(1, 1).restingVersion());
        var claimed = claim(10);
        assertThat(ids(claimed)).isEqualTo(ids(1, 2, 3));
        var kept = claimed.getFirst().tasks().getFirst();
        assertThat(kept.attempt()).isEqualTo(1);
        assertThat(kept.end()).isNull();
        var lost = new Failure.WorkerLost("service_lost", null, null, "");
        assertThat(kept.attempts())
                .containsExactly(
                        new Attempt(
                                1,
                                0,
                                1,
                                4711,
                                0,
                                Records.STARTED,
                                NOW,
                                null,
                                null,
                                0,
                                0,
                                "",
                                false,
                                lost));
        assertThat(claimed.get(1).tasks().getFirst().attempts())
                .singleElement()
                .satisfies(one -> assertThat(one.pid()).isZero());
        assertThat(claimed)
                .extracting(Claimed::first)
                .containsOnly(Optional.of(new TaskClaim(0, 0, 1, 2)));
        assertThat(claimed).extracting(one -> one.ticket().epoch()).containsOnly(2);
        assertThat(claimed.getFirst().record().state())
                .isEqualTo(new JobState.Running(Records.STARTED));
    }

    @Test
    void an_untracked_job_that_is_lost_is_counted() {
        var tracked = Records.apply(1, true);
        accepted(new Entry(tracked.record(), tracked.submission(), true, false, null));
        for (int epoch = 1; epoch < 4; epoch++) {
            assertThat(store().rescue(NOW)).isEqualTo(1);
            var claimed = claim(1).getFirst();
            assertThat(claimed.runs()).isEqualTo(epoch);
            assertThat(claimed.tracked()).isFalse();
            assertThat(claimed.tasks()).isEmpty();
            assertThat(claimed.first()).isEmpty();
        }
        done(store().begun(ticket(1, 4), FIRST, 1, Records.STARTED));
        assertThat(there(1).state()).isEqualTo(new JobState.Running(Records.STARTED));
    }

    @Test
    void runs_of_an_untracked_job_are_counted_once_and_those_of_a_call_are_on_record() {
        var call = Records.apply(1, true);
        accepted(new Entry(call.record(), call.submission(), true, false, null));
        var runs = runs(1);
        done(store().again(ticket(1, 1), run(1), runs));
        done(store().again(ticket(1, 7), run(2), List.of()));
        var map = Records.map(3, true);
        accepted(new Entry(map.record(), map.submission(), true, false, null));
        done(store().again(ticket(3, 1), run(1), runs));
        done(store().again(ticket(3, 1), new TaskClaim(1, 1, 1, 1), runs));
        done(store().again(ticket(3, 7), run(2), runs));
        store().rescue(NOW);
        var claimed = claim(2);
        assertThat(claimed).extracting(Claimed::runs).containsExactly(2, 2);
        assertThat(claimed.getFirst().record().attempts()).isEqualTo(and(runs, lost(2)));
        assertThat(claimed.getLast().record().attempts()).isEmpty();
        done(store().again(ticket(1, 2), run(3), runs(3)));
        done(store().again(ticket(1, 2), run(2), runs(2)));
        store().rescue(NOW);
        claimed = claim(2);
        assertThat(claimed).extracting(Claimed::runs).containsExactly(4, 3);
        assertThat(claimed.getFirst().record().attempts()).isEqualTo(and(runs(3), lost(4)));
        accepted(Records.apply(2, true));
        done(store().again(ticket(2, 1), run(1), runs));
        store().rescue(NOW);
        assertThat(claim(3)).extracting(Claimed::runs).contains(0);
    }

    @Test
    void failed_runs_that_somebody_has_waited_for_are_counted() {
        var call = Records.apply(1, true);
        var known =
                List.of(
                        Records.attempt(1, Records.failures().getFirst()),
                        Records.attempt(2, Records.failures().getFirst()));
        accepted(new Entry(call.record().with(known), call.submission(), true, false, null));
        done(store().again(ticket(1, 1), run(2), List.of()));
        store().rescue(NOW);
        var claimed = claim(1).getFirst();
        assertThat(claimed.runs()).isEqualTo(3);
        assertThat(claimed.record().attempts()).isEqualTo(and(known, lost(3)));
    }

    @Test
    void a_lost_call_that_is_not_tracked_shows_it_before_it_is_claimed_and_when_it_ends() {
        var call = Records.apply(1, true);
        accepted(new Entry(call.record(), call.submission(), true, false, null));
        done(store().begun(ticket(1, 1), FIRST, 1, Records.STARTED));
        store().rescue(NOW);
        var lost = List.of(lost(1, Records.STARTED));
        assertThat(there(1).attempts()).isEqualTo(lost);
        var end = new JobState.Cancelled(Records.STARTED, NOW);
        assertThat(store().end(Records.id(1), end).orElseThrow().attempts()).isEqualTo(lost);
        assertThat(there(1).attempts()).isEqualTo(lost);
    }

    private static Attempt lost(int n) {
        return lost(n, Records.apply(1, true).record().created());
    }

    private static Attempt lost(int n, Instant began) {
        var lost = new Failure.WorkerLost("service_lost", null, null, "");
        return new Attempt(n, 0, 1, 0, 0, began, NOW, null, null, 0, 0, "", false, lost);
    }

    private static List<Attempt> and(List<Attempt> before, Attempt last) {
        return Stream.concat(before.stream(), Stream.of(last)).toList();
    }

    private static TaskClaim run(int attempt) {
        return new TaskClaim(0, 0, 1, attempt);
    }

    private static List<Attempt> runs(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> Records.attempt(n, null)).toList();
    }

    /** The tasks of a map come back in the order in which they came to their end, the others by number. */
    @Test
    void tasks_are_kept_with_their_ends() {
        accepted(Records.map(1, true));
        var claims = IntStream.range(0, 4).mapToObj(i -> new TaskClaim(i, 2L * i, 2, 1)).toList();
        done(store().claimTasks(ticket(1, 1), claims));
        var large = "[\"" + "x".repeat(2 << 20) + "\"]";
        var ends =
                List.<Task.End>of(
                        new Task.End.Value(
                                Payload.ofUtf8(large),
                                List.of(
                                        new io.procpool.job.ItemError(
                                                1, Records.failures().getFirst()))),
                        new Task.End.Broke(Records.failures().get(2)));
        var runs = List.of(Records.attempt(1, null));
        done(store().ended(ticket(1, 1), claims.get(3), ends.get(0), runs, 0, null));
        done(store().ended(ticket(1, 1), claims.get(1), ends.get(1), runs, 1, null));
        done(store().again(ticket(1, 1), claims.get(2), runs));
        assertThat(there(1).done()).isEqualTo(4);
        store().rescue(NOW);
        var tasks = claim(1).getFirst().tasks();
        assertThat(tasks).extracting(JobStore.KeptTask::number).containsExactly(3, 1, 0, 2);
        assertThat(tasks.get(0).end()).isEqualTo(ends.get(0));
        assertThat(tasks.get(1).end()).isEqualTo(ends.get(1));
        assertThat(tasks.get(0).attempts()).isEqualTo(runs);
        assertThat(tasks.get(2).attempts()).hasSize(1);
        assertThat(tasks.get(3).attempts()).isEqualTo(runs);
    }

    @Test
    void at_most_once_is_not_claimed_with_its_job() {
        var terms = terms(Delivery.AT_MOST_ONCE, Map.of(), null);
        var entry = Records.entry(1, Records.submission(0, terms, null, Verb.APPLY), false);
        accepted(entry);
        assertThat(claim(1).getFirst().first()).isEmpty();
        done(store().claimTasks(ticket(1, 1), List.of(FIRST)));
        store().rescue(NOW);
        var claimed = claim(1).getFirst();
        assertThat(claimed.first()).isEmpty();
        assertThat(claimed.tasks())
                .singleElement()
                .satisfies(task -> assertThat(task.attempts()).hasSize(1));
    }

    // --- ends

    @Test
    void a_final_record_is_read_as_it_was_written() {
        int n = 0;
        for (var end : Records.ends()) {
            n++;
            accepted(Records.apply(n, true));
            assertThat(finish(n, 1, ended(n, end))).isTrue();
            assertThat(there(n)).isEqualTo(ended(n, end));
        }
        for (var failure : Records.failures()) {
            n++;
            var record = ended(n, new JobState.Failed(null, Records.FINISHED, failure));
            accepted(Records.apply(n, true));
            finish(n, 1, record);
            assertThat(there(n)).isEqualTo(record);
        }
        assertThat(store().list(ALL)).hasSize(n).allMatch(JobRecord::ready);
    }

    @Test
    void arrivals_progress_and_a_long_value_are_read_as_they_were_written() {
        accepted(Records.apply(1, true));
        var plain = succeeded(1, "\"" + "é".repeat(1 << 20) + "\"");
        var record =
                new JobRecord(
                        plain.id(),
                        plain.pool(),
                        plain.verb(),
                        plain.func(),
                        plain.collect(),
                        true,
                        plain.created(),
                        plain.state(),
                        7,
                        5,
                        plain.attempts(),
                        99,
                        Arrivals.of(new int[] {4, 2, 0, 4}),
                        Map.of(),
                        null,
                        new Progress(0.1, 3.0, "é"));
        finish(1, 1, record);
        assertThat(there(1)).isEqualTo(record);
        var listed = (JobState.Succeeded) store().list(ALL).getFirst().state();
        assertThat(listed.value().size()).as("values are left out of a listing").isZero();
    }

    /** G4: one visible final outcome, the same on every later read. */
    @Test
    void of_many_ends_at_once_one_wins_and_every_read_has_it() {
        for (int n = 1; n <= 50; n++) {
            int job = n;
            accepted(Records.apply(job, true));
            var ends =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    i ->
                                            CompletableFuture.supplyAsync(
                                                    () -> finish(job, 1, succeeded(job, "" + i))))
                            .toList();
            assertThat(ends.stream().filter(CompletableFuture::join)).hasSize(1);
            var first = there(job);
            assertThat(finish(job, 1, ended(job, Records.ends().getLast()))).isFalse();
            assertThat(store().end(Records.id(job), new JobState.Cancelled(null, NOW))).isEmpty();
            assertThat(store().rescue(NOW)).isZero();
            assertThat(there(job)).isEqualTo(first);
        }
    }

    @Test
    void an_unclaimed_job_gets_an_end_a_claimed_one_does_not() {
        accepted(Records.apply(1, false), Records.apply(2, true));
        var cancelled = new JobState.Cancelled(null, NOW);
        var record = store().end(Records.id(1), cancelled).orElseThrow();
        assertThat(record.state()).isEqualTo(cancelled);
        assertThat(record.version()).isGreaterThan(1);
        assertThat(there(1)).isEqualTo(record);
        assertThat(store().end(Records.id(1), cancelled)).isEmpty();
        assertThat(store().end(Records.id(2), cancelled)).isEmpty();
        assertThat(store().end(Records.id(3), cancelled)).isEmpty();
        assertThat(claim(9)).isEmpty();
        store().rescue(NOW);
        assertThat(store().end(Records.id(2), cancelled).orElseThrow().attempts())
                .as("the evidence of its lost run")
                .hasSize(1);
        assertThat(there(2).attempts()).hasSize(1);
    }

    @Test
    void all_unclaimed_jobs_of_a_pool_get_their_end_in_parts() {
        IntStream.rangeClosed(1, 5).forEach(n -> accepted(Records.apply(n, false)));
        var later = terms(Delivery.AT_LEAST_ONCE, Map.of(), NOW.plusSeconds(9));
        accepted(Records.entry(6, Records.submission(0, later, null, Verb.APPLY), false));
        accepted(Records.apply(7, true));
        var why = new Failure.PoolTerminated("pool");
        var first = store().endAll("pool", why, NOW, 4);
        var second = store().endAll("pool", why, NOW, 4);
        assertThat(first).hasSize(4);
        assertThat(second).hasSize(2);
        assertThat(store().endAll("pool", why, NOW, 4)).isEmpty();
        assertThat(first)
                .allSatisfy(
                        one ->
                                assertThat(one.state())
                                        .isEqualTo(new JobState.Failed(null, NOW, why)));
        assertThat(first)
                .allSatisfy(
                        one -> assertThat(store().find(one.id())).isEqualTo(new Found.There(one)));
        assertThat(there(7).ready()).isFalse();
    }

    @Test
    void what_has_not_begun_in_its_time_lapses() {
        var patience = Duration.ofSeconds(30);
        var hasty = Records.submission(0, Terms.ASYNC, patience, Verb.APPLY);
        accepted(Records.entry(1, hasty, false), Records.entry(2, hasty, true));
        accepted(Records.entry(3, hasty, true), Records.apply(4, false));
        done(store().begun(ticket(3, 1), FIRST, 1, Records.STARTED));
        assertThat(store().lapse(Records.CREATED.plusSeconds(30), 9)).isEmpty();
        var lapsed = store().lapse(NOW, 9);
        assertThat(lapsed).extracting(JobRecord::id).containsExactly(Records.id(1));
        assertThat(there(1).state()).isEqualTo(new JobState.Expired(NOW, patience));
        store().rescue(NOW);
        assertThat(store().lapse(NOW, 9))
                .extracting(JobRecord::id)
                .as("3 has begun")
                .containsExactly(Records.id(2));
    }

    @Test
    void stages_complete_in_the_order_of_the_calls_and_not_on_the_callers_thread() {
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        IntStream.range(0, 500).forEach(n -> accepted(Records.apply(n, true)));
        var stages = new ArrayList<CompletableFuture<Void>>();
        for (int n = 0; n < 500; n++) {
            int job = n;
            stages.add(
                    store().finish(ticket(n, 1), succeeded(n, "1"), null, List.of())
                            .thenAccept(
                                    _ -> {
                                        // what follows may write: it must not wait for itself
                                        store().forget(Records.id(job));
                                        order.add(job);
                                    })
                            .toCompletableFuture());
        }
        stages.forEach(JobStoreContract::done);
        assertThat(order).hasSize(500);
        assertThat(list(ALL)).isEmpty();
    }

    // --- reading

    @Test
    void a_final_job_can_be_forgotten_once() {
        accepted(Records.apply(1, true), Records.apply(2, false));
        assertThat(store().forget(Records.id(1))).as("not final").isFalse();
        finish(1, 1, succeeded(1, "1"));
        assertThat(store().forget(Records.id(1))).isTrue();
        assertThat(store().find(Records.id(1))).isEqualTo(new Found.Unknown());
        assertThat(store().forget(Records.id(1))).isFalse();
        assertThat(list(ALL)).isEqualTo(ids(2));
    }

    @Test
    void a_walk_through_the_pages_has_each_job_once_whatever_is_written_meanwhile() {
        IntStream.rangeClosed(1, 100).forEach(n -> accepted(Records.apply(n, true)));
        var seen = new ArrayList<UUID>();
        Cursor place = null;
        int round = 0;
        var page = store().list(new Query(null, null, null, List.of(), null, null, place, 7));
        while (!page.isEmpty()) {
            seen.addAll(page.stream().map(JobRecord::id).toList());
            place = page.getLast().place();
            accepted(Records.apply(1_000 + round, false));
            finish(1 + round, 1, succeeded(1 + round, "1"));
            round++;
            page = store().list(new Query(null, null, null, List.of(), null, null, place, 7));
        }
        assertThat(seen)
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> Records.id(100 - i)).toList());
    }

    @Test
    void a_listing_is_filtered_as_the_query_says() {
        var random = new Random(3);
        var all = new ArrayList<JobRecord>();
        for (int n = 1; n <= 120; n++) {
            var labels = new java.util.HashMap<String, String>();
            if (random.nextBoolean()) {
                labels.put("a", "" + random.nextInt(2));
            }
            if (random.nextBoolean()) {
                labels.put("b", "" + random.nextInt(2));
            }
            var terms = terms(Delivery.AT_LEAST_ONCE, labels, null);
            var pool = "p" + random.nextInt(2);
            var submission = Records.submission(pool, 0, terms, null, Verb.APPLY, "[]");
            var entry = Records.entry(n, submission, true);
            accepted(entry);
            if (random.nextBoolean()) {
                var end =
                        entry.record()
                                .with(new JobState.Cancelled(null, NOW), entry.record().version());
                finish(n, 1, end);
                all.addFirst(end);
            } else {
                all.addFirst(entry.record());
            }
        }
        for (int round = 0; round < 200; round++) {
            var query = query(random);
            assertThat(store().list(query))
                    .as("%s", query)
                    .isEqualTo(all.stream().filter(query::matches).limit(query.limit()).toList());
        }
    }

    private static Query query(Random random) {
        var labels = new ArrayList<Label>();
        if (random.nextBoolean()) {
            labels.add(new Label("a", random.nextBoolean() ? "1" : null));
        }
        if (random.nextBoolean()) {
            labels.add(new Label("b", random.nextBoolean() ? "0" : null));
        }
        var place = 1 + random.nextInt(120);
        return new Query(
                random.nextBoolean() ? "p1" : null,
                random.nextBoolean() ? "pending" : null,
                random.nextInt(4) == 0 ? "m.g" : null,
                labels,
                random.nextBoolean() ? Records.CREATED.plusMillis(random.nextInt(60)) : null,
                random.nextBoolean() ? Records.CREATED.plusMillis(60 + random.nextInt(60)) : null,
                random.nextBoolean()
                        ? new Cursor(Records.CREATED.plusMillis(place), Records.id(place))
                        : null,
                1 + random.nextInt(50));
    }

    @Test
    void holdings_are_counted() throws InterruptedException {
        accepted(Records.apply(1, true), Records.apply(2, false));
        done(
                store().finish(
                                ticket(1, 1),
                                succeeded(1, "1"),
                                FIRST,
                                List.of(
                                        Records.quarantined(
                                                7, Records.apply(1, true).submission()))));
        Waiting.until("they are counted", () -> store().holdings().states().get("succeeded") == 1);
        var holdings = store().holdings();
        assertThat(holdings.states()).containsOnlyKeys(JobState.LABELS);
        assertThat(holdings.states()).containsEntry("pending", 1L).containsEntry("failed", 0L);
        assertThat(holdings.quarantined()).isEqualTo(1);
        assertThat(holdings.bytes()).isPositive().isLessThan(holdings.limit());
    }

    // --- quarantine

    @Test
    void what_is_in_quarantine_is_read_listed_released_and_dropped() {
        accepted(Records.apply(1, true));
        var submission = Records.submission(5, Terms.ASYNC, null, Verb.MAP);
        var all =
                IntStream.rangeClosed(2, 6)
                        .mapToObj(n -> Records.quarantined(n, submission))
                        .toList();
        assertThat(done(store().finish(ticket(1, 1), succeeded(1, "1"), FIRST, all))).isTrue();
        assertThat(store().quarantine(null, 3)).extracting(Quarantined::id).isEqualTo(ids(6, 5, 4));
        assertThat(store().quarantine(null, 3))
                .extracting(Quarantined::submission)
                .allSatisfy(
                        listed -> {
                            assertThat(listed.func()).isEqualTo(submission.func());
                            assertThat(listed.terms()).isEqualTo(submission.terms());
                            assertThat(listed.size()).as("without its values").isZero();
                        });
        assertThat(store().quarantine(Records.id(4), 3))
                .extracting(Quarantined::id)
                .isEqualTo(ids(3, 2));
        var one = store().quarantined(Records.id(3)).orElseThrow();
        assertThat(one.attempts()).isEqualTo(all.get(1).attempts());
        assertThat(one.job()).isEqualTo(Records.id(1));
        assertThat(one.at()).isEqualTo(Records.FINISHED);
        assertSame(one.submission(), submission);
        assertThat(store().dropQuarantined(Records.id(2))).isTrue();
        assertThat(store().dropQuarantined(Records.id(2))).isFalse();
        assertThat(store().quarantined(Records.id(2))).isEmpty();
        assertThat(store().accept(List.of(release(10, 3)), null)).isEqualTo(new Accepted.Taken());
        assertThat(store().quarantined(Records.id(3))).isEmpty();
        assertThat(store().accept(List.of(release(11, 3)), null))
                .isEqualTo(new Accepted.NotQuarantined());
        assertThat(store().accept(List.of(release(12, 4), release(13, 3)), null))
                .isEqualTo(new Accepted.NotQuarantined());
        assertThat(store().quarantined(Records.id(4))).as("nothing was stored").isPresent();
        assertThat(list(ALL)).isEqualTo(ids(10, 1));
    }

    private static Entry release(int n, int releases) {
        var entry = Records.apply(n, false);
        return new Entry(entry.record(), entry.submission(), false, true, Records.id(releases));
    }
}
