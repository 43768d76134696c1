package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A job when the service ends. */
class SuspendedJobTest {
    private static final Duration FOR_EVER = Duration.ofDays(100);
    private static final Failure TERMINATED = new Failure.PoolTerminated("pool");
    private static final Failure CRASH = new Failure.WorkerLost("crash_exit", 7, null, "");

    private final Ledger ledger = new Ledger();

    private DrivenJob accepted(Submission submission) {
        return new DrivenJob(Submissions.accepted(submission), ledger);
    }

    @Test
    void it_begins_nothing_more_and_what_is_killed_with_the_service_is_not_written_down() {
        var map = accepted(Submissions.map(3, 1));
        map.job.next(2);
        var task = map.begin();
        map.job.suspend();
        assertThat(map.job.next(2)).isNull();
        int written = ledger.asked().size();
        map.broke(task, TERMINATED);
        map.job.broke(TERMINATED);
        assertThat(map.decisions()).isZero();
        assertThat(ledger.asked()).hasSize(written);
    }

    @Test
    void what_ends_in_time_counts() {
        var map = accepted(Submissions.map(2, 1));
        map.job.next(2);
        var tasks = map.beginAll();
        map.job.suspend();
        map.echo(tasks.get(1));
        assertThat(ledger.asked()).contains("ended 1#1 at 0: [1]");
        map.echo(tasks.get(0));
        assertThat(map.value()).isEqualTo("[0,1]");
    }

    @Test
    void another_run_is_left_to_the_next_service() {
        var map = accepted(Submissions.map(2, 1));
        map.job.next(2);
        var tasks = map.beginAll();
        map.job.suspend();
        int mores = map.mores();
        map.broke(tasks.get(0), CRASH);
        assertThat(ledger.asked()).contains("again 0#1").doesNotContain("claim 0#2");
        assertThat(map.job.next(2)).isNull();
        assertThat(map.mores()).isEqualTo(mores);
    }

    @Test
    void nobody_waits_for_it_any_longer() throws InterruptedException {
        var apply = accepted(Submissions.apply());
        apply.job.suspend();
        assertThat(apply.job.awaitReady(FOR_EVER)).isFalse();
        assertThat(apply.job.awaitChange(apply.job.snapshot().version(), FOR_EVER)).isFalse();
    }

    @Test
    void a_sync_job_goes_on_until_its_pool_ends_and_one_that_is_kept_then_does_not() {
        var sync = new DrivenJob(Submissions.map(2, 1));
        sync.job.suspend();
        var task = sync.begin();
        sync.broke(task, TERMINATED);
        assertThat(sync.problem()).isEqualTo(TERMINATED);

        var kept = new DrivenJob(Submissions.map(2, 1));
        kept.job.suspend();
        var first = kept.begin();
        assertThat(kept.job.becomeAsync(new Ticket(DrivenJob.ID, 1))).isTrue();
        assertThat(kept.job.next(2)).isNull();
        kept.broke(first, TERMINATED);
        kept.job.broke(TERMINATED);
        assertThat(kept.decisions()).isZero();
    }
}
