package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobStore.TaskClaim;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps of an accepted job: none counts before it is written. */
class RunsTest {
    private static final Failure CRASH = new Failure.WorkerLost("crash_exit", 7, null, "");
    private static final Failure RAISED =
            new Failure.FunctionRaised(new Failure.Thrown("E", "no", ""), null);
    private static final Retries ON_RAISE =
            new Retries(2, Duration.ofSeconds(4), List.of("function-raised", "worker-lost"));

    private final Ledger ledger = new Ledger();

    private DrivenJob accepted(Submission submission) {
        return new DrivenJob(Submissions.accepted(submission), ledger);
    }

    private static DrivenJob claimedAhead(DrivenJob apply) {
        apply.job.claimedAhead(); // as an apply is with its acceptance
        return apply;
    }

    @Test
    void no_task_is_handed_out_before_its_claim_is_written_and_the_pool_hears_of_that() {
        var map = accepted(Submissions.map(3, 1));
        ledger.heldBack();
        assertThat(map.job.next(2)).isNull();
        assertThat(map.job.next(2)).isNull();
        assertThat(ledger.unwritten()).containsExactly("claim 0#1 1#1 2#1");
        assertThat(map.mores()).isZero();
        ledger.write();
        assertThat(map.mores()).isOne();
        assertThat(map.beginAll()).extracting(Task::number).containsExactly(0, 1, 2);
        assertThat(map.job.next(2)).isNull();
    }

    @Test
    void a_job_runs_for_others_when_that_is_written() {
        var map = accepted(Submissions.map(2, 1));
        map.job.next(2);
        ledger.heldBack();
        map.begin();
        assertThat(ledger.unwritten()).containsExactly("begun 0#1");
        assertThat(map.state()).isInstanceOf(JobState.Pending.class);
        ledger.write();
        assertThat(map.state()).isInstanceOf(JobState.Running.class);
        map.begin();
        assertThat(ledger.unwritten()).as("the first one says it").isEmpty();
    }

    @Test
    void an_end_counts_when_it_is_written_and_the_last_is_written_with_the_outcome() {
        var map = accepted(Submissions.map(3, 1));
        map.job.next(2);
        var tasks = map.beginAll();
        ledger.heldBack();
        map.echo(tasks.get(2));
        map.echo(tasks.get(0));
        assertThat(ledger.unwritten())
                .containsExactly("ended 2#1 at 0: [2]", "ended 0#1 at 1: [0]");
        assertThat(map.job.snapshot().done()).isZero();
        ledger.write();
        assertThat(map.job.snapshot().done()).isEqualTo(1);
        ledger.write();
        map.echo(tasks.get(1));
        assertThat(ledger.unwritten()).isEmpty();
        assertThat(map.value()).isEqualTo("[0,1,2]");
        assertThat(map.job.last()).isEqualTo(new TaskClaim(1, 1, 1, 1));
    }

    @Test
    void ends_that_come_while_others_are_being_written_are_written_too() {
        var map = accepted(Submissions.map(2, 1));
        map.job.next(2);
        var tasks = map.beginAll();
        ledger.heldBack();
        map.echo(tasks.get(1));
        map.echo(tasks.get(0));
        assertThat(map.decisions()).isZero();
        ledger.writeAll();
        assertThat(map.value()).isEqualTo("[0,1]");
        assertThat(map.job.last()).as("none is left to be written").isNull();
    }

    @Test
    void the_end_of_an_apply_is_written_with_its_outcome_alone() {
        var apply = claimedAhead(accepted(Submissions.apply()));
        apply.value(apply.begin(), "1");
        assertThat(ledger.asked()).containsExactly("begun 0#1");
        assertThat(apply.job.last()).isEqualTo(new TaskClaim(0, 0, 1, 1));
        assertThat(apply.value()).isEqualTo("1");
    }

    @Test
    void another_run_begins_when_the_end_of_the_last_one_and_the_next_claim_are_written() {
        var apply = claimedAhead(accepted(Submissions.apply()));
        var first = apply.begin();
        assertThat(apply.job.next(1)).isNull();
        ledger.heldBack();
        apply.broke(first, CRASH);
        assertThat(ledger.unwritten()).containsExactly("again 0#1");
        assertThat(apply.job.next(1)).isNull();
        assertThat(apply.mores()).isZero();
        ledger.write();
        assertThat(apply.mores()).isOne();
        assertThat(apply.job.next(1)).isNull();
        assertThat(ledger.unwritten()).containsExactly("claim 0#2");
        ledger.write();
        assertThat(apply.mores()).isEqualTo(2);
        var second = apply.begin();
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.attempts()).extracting(Attempt::n).containsExactly(1);
        apply.value(second, "1");
        assertThat(apply.job.snapshot().attempts()).extracting(Attempt::n).containsExactly(1, 2);
        assertThat(apply.job.last().attempt()).isEqualTo(2);
    }

    @Test
    void a_lost_chunk_of_a_map_is_run_again_and_no_other() {
        var map = accepted(Submissions.map(4, 2));
        map.job.next(2);
        var tasks = map.beginAll();
        map.broke(tasks.get(0), CRASH);
        map.echo(tasks.get(1));
        assertThat(map.job.next(2)).isNull();
        var again = map.begin();
        assertThat(Submissions.text(again)).isEqualTo("[0,1]");
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(map.job.next(2)).isNull();
        map.echo(again);
        assertThat(map.value()).isEqualTo("[0,1,2,3]");
    }

    @Test
    void a_pause_is_kept_before_the_next_run_and_after_it_the_pool_is_told() {
        var apply =
                claimedAhead(
                        new DrivenJob(Submissions.retried(ON_RAISE, Submissions.apply()), ledger));
        var first = apply.begin();
        assertThat(apply.job.next(1)).isNull();
        apply.broke(first, RAISED);
        assertThat(apply.pauses()).containsExactly(Duration.ofSeconds(4));
        assertThat(apply.job.next(1)).isNull();
        assertThat(ledger.asked()).doesNotContain("claim 0#2");
        apply.pass();
        assertThat(apply.mores()).isOne();
        assertThat(apply.job.next(1)).isNull();
        apply.broke(apply.begin(), RAISED);
        assertThat(apply.pauses()).containsExactly(Duration.ofSeconds(8));
        apply.pass();
        apply.job.next(1);
        apply.broke(apply.begin(), RAISED);
        assertThat(apply.problem()).isEqualTo(RAISED);
        assertThat(apply.job.snapshot().attempts()).hasSize(3);
    }

    @Test
    void a_job_that_pauses_is_cancelled_at_once_and_runs_no_more() {
        var apply =
                claimedAhead(
                        new DrivenJob(Submissions.retried(ON_RAISE, Submissions.apply()), ledger));
        apply.broke(apply.begin(), RAISED);
        apply.job.cancel();
        assertThat(apply.state()).isInstanceOf(JobState.Cancelled.class);
        assertThat(apply.job.last()).isNull();
        apply.pass();
        assertThat(apply.mores()).isZero();
        assertThat(apply.job.next(1)).isNull();
    }

    @Test
    void a_cancel_while_another_run_is_being_written_down_ends_the_job_when_it_is() {
        var apply = claimedAhead(accepted(Submissions.apply()));
        var task = apply.begin();
        ledger.heldBack();
        apply.broke(task, CRASH);
        apply.job.cancel();
        assertThat(apply.decisions()).as("what is written is not known yet").isZero();
        ledger.write();
        assertThat(apply.state()).isInstanceOf(JobState.Cancelled.class);
        assertThat(apply.job.last()).as("nobody has a claim on it").isNull();
        assertThat(ledger.asked()).doesNotContain("claim 0#2");
    }

    @Test
    void a_cancel_while_claims_are_being_written_leaves_nothing_to_hand_out() {
        var map = accepted(Submissions.map(9, 1));
        ledger.heldBack();
        map.job.next(2);
        map.job.cancel();
        assertThat(map.state()).isInstanceOf(JobState.Cancelled.class);
        ledger.writeAll();
        assertThat(map.job.next(2)).isNull();
        assertThat(map.mores()).isZero();
    }

    @Test
    void a_job_of_one_task_fails_of_its_third_crash_and_is_kept_whole() {
        var apply = claimedAhead(accepted(Submissions.apply()));
        apply.broke(apply.begin(), CRASH);
        for (int attempt = 2; attempt <= 3; attempt++) {
            apply.job.next(1);
            var task = apply.begin();
            assertThat(task.alone()).isEqualTo(attempt == 3);
            apply.broke(task, CRASH);
        }
        assertThat(apply.problem())
                .isEqualTo(new Failure.Quarantined(3, "crash_exit", 7, null, ""));
        assertThat(apply.job.quarantined()).hasSize(1);
        var kept = apply.job.quarantined().getFirst();
        assertThat(kept.attempts()).extracting(Attempt::n).containsExactly(1, 2, 3);
        assertThat(kept.job()).isEqualTo(DrivenJob.ID);
        assertThat(kept.submission()).isSameAs(apply.job.submission());
        assertThat(ledger.asked()).noneMatch(line -> line.startsWith("ended"));
    }

    @Test
    void a_map_that_collects_goes_on_without_the_chunk_that_crashed_too_often() {
        var map = accepted(Submissions.collectingMap(4, 2));
        map.job.next(2);
        var tasks = map.beginAll();
        map.broke(tasks.get(0), CRASH);
        for (int attempt = 2; attempt <= 3; attempt++) {
            map.job.next(2);
            map.broke(map.begin(), CRASH);
        }
        assertThat(ledger.asked()).contains("ended 0#3 at 0: Quarantined");
        assertThat(map.job.snapshot().done()).isEqualTo(2);
        map.echo(tasks.get(1));
        assertThat(map.value()).isEqualTo("[null,null,2,3]");
        assertThat(map.job.quarantined()).as("it was written with its end").isEmpty();
    }

    @Test
    void the_last_chunk_of_a_map_that_crashes_too_often_is_kept_with_the_outcome() {
        var map = accepted(Submissions.collectingMap(4, 2));
        map.job.next(2);
        var tasks = map.beginAll();
        map.echo(tasks.get(0));
        map.broke(tasks.get(1), CRASH);
        for (int attempt = 2; attempt <= 3; attempt++) {
            map.job.next(2);
            map.broke(map.begin(), CRASH);
        }
        assertThat(map.value()).isEqualTo("[0,1,null,null]");
        assertThat(map.job.quarantined())
                .singleElement()
                .satisfies(
                        kept -> {
                            assertThat(kept.firstItem()).isEqualTo(2);
                            assertThat(kept.submission().items()).isEqualTo(2);
                            assertThat(kept.submission().iterable().range(0, 2).utf8())
                                    .isEqualTo("[2,3]");
                        });
    }

    @Test
    void a_sync_job_writes_nothing_and_is_retried_at_once() {
        var apply =
                new DrivenJob(
                        Submissions.retried(
                                new Retries(1, Duration.ZERO, List.of("worker-lost")),
                                Submissions.apply()));
        var first = apply.begin();
        assertThat(apply.job.next(1)).isNull();
        apply.broke(first, CRASH);
        assertThat(apply.mores()).isOne();
        var second = apply.begin();
        assertThat(second.attempt()).isEqualTo(2);
        apply.broke(second, CRASH);
        assertThat(apply.problem()).isEqualTo(CRASH);
    }
}
