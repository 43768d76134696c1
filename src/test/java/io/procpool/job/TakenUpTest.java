package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.KeptTask;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Jobs of a service that is gone, in the next one. */
class TakenUpTest {
    private static final Failure CRASH = new Failure.WorkerLost("crash_exit", 7, null, "");
    private static final Failure RAISED =
            new Failure.FunctionRaised(new Failure.Thrown("E", "no", ""), null);
    private static final Failure LOST = Crashes.serviceLost();

    private final Ledger ledger = new Ledger();

    private static Attempt run(int n, long first, int items, Failure problem) {
        return DrivenJob.attempt(n, first, items, problem, DrivenJob.NOW);
    }

    /** A chunk of these items that was lost with the service in its {@code attempt}-th run. */
    private static KeptTask lost(int number, long first, int items, int attempt) {
        var runs =
                java.util.stream.IntStream.rangeClosed(1, attempt)
                        .mapToObj(n -> run(n, first, items, LOST))
                        .toList();
        return new KeptTask(number, first, items, attempt, runs, null);
    }

    private static KeptTask ended(int number, long first, int items, Task.End end) {
        var problem = end instanceof Task.End.Broke(var why) ? why : null;
        return new KeptTask(number, first, items, 1, List.of(run(1, first, items, problem)), end);
    }

    private static Task.End value(String text) {
        return new Task.End.Value(Payload.ofUtf8(text), List.of());
    }

    private DrivenJob again(Submission submission, TaskClaim first, List<KeptTask> kept) {
        return again(submission, true, kept, first, 0);
    }

    private DrivenJob again(
            Submission submission,
            boolean tracked,
            List<KeptTask> kept,
            TaskClaim first,
            int runs) {
        return again(submission, tracked, kept, first, runs, List.of());
    }

    /** @param known attempts of a job whose tasks nobody wrote down */
    private DrivenJob again(
            Submission submission,
            boolean tracked,
            List<KeptTask> kept,
            TaskClaim first,
            int runs,
            List<Attempt> known) {
        var journal = tracked ? ledger : new Journal.Unwritten();
        var driven = new DrivenJob(submission, journal, 2);
        var identity = new Job.Identity(DrivenJob.ID, DrivenJob.NOW, null);
        driven.job.takeUp(
                new Claimed(
                        Keeper.waiting(identity, submission).with(known),
                        submission,
                        new Ticket(DrivenJob.ID, 2),
                        tracked,
                        kept,
                        Optional.ofNullable(first),
                        runs));
        return driven;
    }

    @Test
    void what_has_ended_is_not_run_again_and_what_was_lost_is_with_the_next_attempt() {
        var map =
                again(
                        Submissions.accepted(Submissions.map(10, 3)),
                        null,
                        List.of(ended(1, 3, 3, value("[13,14,15]")), lost(0, 0, 3, 2)));
        assertThat(map.job.snapshot().done()).isEqualTo(3);
        assertThat(map.job.next(2)).isNull();
        assertThat(ledger.asked()).containsExactly("claim 0#3 2#1 3#1");
        var tasks = map.beginAll();
        assertThat(tasks)
                .extracting(Submissions::text)
                .containsExactly("[0,1,2]", "[6,7,8]", "[9]");
        tasks.forEach(map::echo);
        assertThat(map.value()).isEqualTo("[0,1,2,13,14,15,6,7,8,9]");
        assertThat(ledger.asked()).contains("ended 0#3 at 1: [0,1,2]");
    }

    @Test
    void chunks_that_were_cut_by_time_keep_their_bounds() {
        var map =
                again(
                        Submissions.accepted(Submissions.map(10, null)),
                        null,
                        List.of(ended(0, 0, 1, value("[0]")), lost(1, 1, 4, 1), lost(2, 5, 2, 1)));
        map.job.next(1);
        assertThat(map.cut().firstItem()).isEqualTo(1);
        assertThat(map.cut().items()).isEqualTo(2);
        assertThat(map.cut().firstItem()).isEqualTo(7);
        assertThat(ledger.asked()).startsWith("claim 1#2 2#2", "claim 3#1");
    }

    @Test
    void values_in_the_order_of_their_coming_stay_in_it() {
        var plain = Submissions.map(6, 2);
        var unordered =
                new Submission(
                        plain.pool(),
                        Verb.IMAP_UNORDERED,
                        plain.func(),
                        plain.args(),
                        plain.kwds(),
                        plain.iterable(),
                        2,
                        null,
                        null,
                        0,
                        true,
                        Terms.ASYNC,
                        Submissions.IN_FLIGHT.hold());
        var imap =
                again(
                        unordered,
                        null,
                        List.of(
                                ended(2, 4, 2, value("[4,5]")),
                                ended(0, 0, 2, value("[0,1]")),
                                lost(1, 2, 2, 1)));
        imap.job.next(2);
        imap.echo(imap.begin());
        assertThat(imap.value()).isEqualTo("[4,5,0,1,2,3]");
        var arrivals = imap.job.snapshot().arrivals();
        assertThat(List.of(arrivals.firstItem(0), arrivals.firstItem(1), arrivals.firstItem(2)))
                .containsExactly(4, 0, 2);
    }

    @Test
    void a_job_whose_last_task_had_ended_has_its_outcome_at_once() {
        var map =
                again(
                        Submissions.accepted(Submissions.collectingMap(4, 2)),
                        null,
                        List.of(
                                ended(1, 2, 2, new Task.End.Broke(RAISED)),
                                ended(0, 0, 2, value("[0,1]"))));
        assertThat(map.decisions()).isOne();
        assertThat(map.value()).isEqualTo("[0,1,null,null]");
        assertThat(map.job.last()).isNull();
        assertThat(map.job.next(2)).isNull();
    }

    @Test
    void an_apply_is_handed_out_under_the_claim_that_came_with_it() {
        var fresh = again(Submissions.accepted(Submissions.apply()), claim(1), List.of());
        assertThat(fresh.cut().attempt()).isEqualTo(1);
        var kept = new KeptTask(0, 0, 1, 3, lost(0, 0, 1, 2).attempts(), null);
        var again = again(Submissions.accepted(Submissions.apply()), claim(3), List.of(kept));
        var task = again.cut();
        assertThat(task.attempt()).isEqualTo(3);
        assertThat(ledger.asked()).as("it is claimed").isEmpty();
        assertThat(again.job.next(1)).isNull();
        again.value(task, "1");
        assertThat(again.job.last()).isEqualTo(claim(3));
        assertThat(again.job.snapshot().attempts()).extracting(Attempt::n).containsExactly(1, 2, 3);
    }

    private static TaskClaim claim(int attempt) {
        return new TaskClaim(0, 0, 1, attempt);
    }

    @Test
    void the_rest_of_a_pause_is_kept_and_the_claim_that_came_with_the_job_is_not_made_twice() {
        var retries = new Retries(5, Duration.ofSeconds(4), List.of("function-raised"));
        var kept =
                new KeptTask(0, 0, 1, 3, List.of(run(1, 0, 1, RAISED), run(2, 0, 1, RAISED)), null);
        var apply =
                again(Submissions.retried(retries, Submissions.apply()), claim(3), List.of(kept));
        assertThat(apply.pauses()).containsExactly(Duration.ofSeconds(8));
        assertThat(apply.job.next(1)).isNull();
        apply.pass();
        assertThat(apply.mores()).isOne();
        assertThat(apply.cut().attempt()).isEqualTo(3);
        assertThat(apply.job.next(1)).isNull();
        assertThat(ledger.asked()).isEmpty();
    }

    @Test
    void crashes_of_an_earlier_life_count() {
        var kept =
                new KeptTask(
                        0,
                        0,
                        1,
                        4,
                        List.of(run(1, 0, 1, CRASH), run(2, 0, 1, LOST), run(3, 0, 1, CRASH)),
                        null);
        var apply = again(Submissions.accepted(Submissions.apply()), claim(4), List.of(kept));
        var task = apply.begin();
        assertThat(task.alone()).isTrue();
        apply.broke(task, CRASH);
        assertThat(apply.problem()).isInstanceOf(Failure.Quarantined.class);
    }

    @Test
    void what_may_begin_once_and_was_lost_ends_and_needs_no_claim_for_that() {
        var apply = again(Submissions.once(Submissions.apply()), null, List.of(lost(0, 0, 1, 1)));
        assertThat(apply.problem()).isEqualTo(LOST);
        assertThat(apply.job.last()).isNull();
        assertThat(apply.job.snapshot().attempts()).hasSize(1);
        assertThat(apply.job.next(1)).isNull();
        assertThat(ledger.asked()).isEmpty();
    }

    @Test
    void the_rest_of_a_map_whose_tasks_may_begin_once_goes_on() {
        var map =
                again(
                        Submissions.once(Submissions.collectingMap(3, 1)),
                        null,
                        List.of(lost(0, 0, 1, 1)));
        assertThat(ledger.asked()).as("what is known says it").isEmpty();
        assertThat(map.job.snapshot().done()).isEqualTo(1);
        map.echo(map.begin());
        assertThat(ledger.asked()).contains("ended 1#1 at 0: [1]");
        map.echo(map.begin());
        assertThat(map.value()).isEqualTo("[null,1,2]");
        assertThat(map.succeeded().errors()).containsExactly(new ItemError(0, LOST));
    }

    @Test
    void what_may_begin_once_and_was_not_claimed_runs() {
        var apply = again(Submissions.once(Submissions.apply()), null, List.of());
        apply.value(apply.begin(), "1");
        assertThat(apply.value()).isEqualTo("1");
    }

    @Test
    void a_job_whose_tasks_nobody_wrote_down_is_run_as_a_whole_with_the_attempts_counted() {
        var map = again(Submissions.accepted(Submissions.map(4, 2)), false, List.of(), null, 2);
        var tasks = map.beginAll();
        assertThat(tasks).extracting(Task::attempt).containsExactly(3, 3);
        tasks.forEach(map::echo);
        assertThat(map.value()).isEqualTo("[0,1,2,3]");
    }

    @Test
    void the_runs_of_a_call_that_were_lost_are_on_record() {
        var submission = Submissions.accepted(Submissions.apply());
        var before = List.of(run(1, 0, 1, LOST), run(2, 0, 1, LOST));
        var apply = again(submission, false, List.of(), null, 2, before);
        apply.value(apply.begin(), "1");
        var attempts = apply.job.snapshot().attempts();
        assertThat(attempts).extracting(Attempt::n).containsExactly(1, 2, 3);
        assertThat(attempts).extracting(Attempt::problem).containsExactly(LOST, LOST, null);
    }

    @Test
    void the_crashes_of_a_call_that_were_written_down_count_with_it() {
        var retries = new Retries(2, Duration.ZERO, List.of("worker-lost"));
        var submission = Submissions.retried(retries, Submissions.apply());
        var before = List.of(run(1, 0, 1, CRASH), run(2, 0, 1, CRASH), run(3, 0, 1, LOST));
        var apply = again(submission, false, List.of(), null, 3, before);
        var task = apply.begin();
        assertThat(task.attempt()).isEqualTo(4);
        assertThat(task.alone()).isTrue();
        apply.broke(task, CRASH);
        assertThat(apply.problem()).isInstanceOf(Failure.Quarantined.class);
        assertThat(apply.job.snapshot().attempts())
                .extracting(Attempt::problem)
                .containsExactly(CRASH, CRASH, LOST, CRASH);
    }

    @Test
    void the_rest_of_the_pause_of_a_call_that_was_written_down_is_kept() {
        var retries = new Retries(5, Duration.ofSeconds(4), List.of("function-raised"));
        var submission = Submissions.retried(retries, Submissions.apply());
        var before = List.of(run(1, 0, 1, LOST), run(2, 0, 1, RAISED), run(3, 0, 1, LOST));
        var apply = again(submission, false, List.of(), null, 3, before);
        assertThat(apply.pauses()).containsExactly(Duration.ofSeconds(4));
        assertThat(apply.job.next(1)).isNull();
        apply.pass();
        assertThat(apply.mores()).isOne();
        assertThat(apply.cut().attempt()).isEqualTo(4);
        assertThat(apply.job.next(1)).isNull();
    }

    @Test
    void nor_is_one_run_again_that_may_begin_once() {
        var lost = again(Submissions.once(Submissions.apply()), false, List.of(), null, 1);
        assertThat(lost.problem()).isEqualTo(LOST);
        assertThat(lost.job.next(1)).isNull();
        var raised = List.of(run(1, 0, 1, RAISED), run(2, 0, 1, LOST));
        var again = again(Submissions.once(Submissions.apply()), false, List.of(), null, 2, raised);
        assertThat(again.problem()).isEqualTo(LOST);
        assertThat(again.job.snapshot().attempts())
                .extracting(Attempt::problem)
                .containsExactly(RAISED, LOST);
        var never = again(Submissions.once(Submissions.apply()), false, List.of(), null, 0);
        never.value(never.begin(), "1");
        assertThat(never.value()).isEqualTo("1");
    }

    @Test
    void its_versions_are_above_all_that_were_shown_before() {
        var map = again(Submissions.accepted(Submissions.map(4, 2)), null, List.of());
        long resting = new Ticket(DrivenJob.ID, 1).restingVersion();
        assertThat(map.job.snapshot().version()).isGreaterThan(resting);
        assertThat(resting).isGreaterThan(new Ticket(DrivenJob.ID, 1).firstVersion());
    }
}
