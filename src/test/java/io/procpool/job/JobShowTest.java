package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import java.time.Duration;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What of a job can be seen, and when: its outcome once it lasts, its progress a few times a second. */
class JobShowTest {
    /** So long that its end would end the test: progress has to wake who waits. */
    private static final Duration LONG = Duration.ofDays(1);

    @Test
    void an_outcome_that_is_decided_shows_when_it_is_published() throws InterruptedException {
        var apply = new DrivenJob(Submissions.apply()).heldBack();
        var followed = new AtomicInteger();
        apply.job.onReady(followed::incrementAndGet);
        apply.value(apply.begin(), "1");
        assertThat(apply.decisions()).isEqualTo(1);
        assertThat(apply.job.decidedRecord().ready()).isTrue();
        assertThat(apply.state()).isEqualTo(new JobState.Running(DrivenJob.NOW));
        assertThat(apply.job.awaitReady(Duration.ZERO)).isFalse();
        assertThat(followed).hasValue(0);
        apply.job.publish();
        assertThat(apply.job.awaitReady(Duration.ZERO)).isTrue();
        assertThat(apply.value()).isEqualTo("1");
        assertThat(followed).hasValue(1);
    }

    @Test
    void who_comes_after_the_outcome_is_told_at_once() {
        var apply = new DrivenJob(Submissions.apply());
        apply.value(apply.begin(), "1");
        var followed = new AtomicInteger();
        apply.job.onReady(followed::incrementAndGet);
        assertThat(followed).hasValue(1);
    }

    @Test
    void what_is_stored_has_the_version_that_shows_and_no_other_state_ever_had_it()
            throws InterruptedException {
        var map = new DrivenJob(Submissions.map(2, 1)).heldBack();
        var tasks = map.beginAll();
        map.echo(tasks.get(0));
        map.echo(tasks.get(1));
        var stored = map.job.decidedRecord();
        // Longer than progress waits: the store may be slow.
        assertThat(map.job.awaitChange(map.job.snapshot().version(), Duration.ofMillis(300)))
                .isFalse();
        assertThat(map.job.snapshot().version()).isLessThan(stored.version());
        map.job.publish();
        assertThat(map.job.snapshot().version()).isEqualTo(stored.version());
    }

    @Test
    void each_change_of_state_has_a_version_of_its_own() {
        var apply = new DrivenJob(Submissions.apply());
        var versions = new HashSet<Long>();
        versions.add(apply.job.snapshot().version());
        var task = apply.begin();
        versions.add(apply.job.snapshot().version());
        apply.value(task, "1");
        versions.add(apply.job.snapshot().version());
        assertThat(versions).hasSize(3);
        long last = apply.job.snapshot().version();
        apply.job.cancel();
        assertThat(apply.job.snapshot().version()).isEqualTo(last);
    }

    @Test
    void who_waits_for_a_change_already_is_shown_progress_that_comes_right_after_another()
            throws Exception {
        var map = new DrivenJob(Submissions.map(10, 1));
        var task = map.begin(); // a change: what follows has to wait for its turn
        long known = map.job.snapshot().version();
        var waiting = awaitChange(map.job, known);
        map.echo(task);
        assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(map.job.snapshot().done()).isEqualTo(1);
        assertThat(map.job.snapshot().version()).isEqualTo(known + 1);
    }

    /** In a thread that has gone to sleep when this returns. */
    private static CompletableFuture<Boolean> awaitChange(Job job, long known) throws Exception {
        var thread = new AtomicReference<Thread>();
        var waiting =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return job.awaitChange(known, LONG);
                            } catch (InterruptedException interrupted) {
                                throw new IllegalStateException(interrupted);
                            }
                        },
                        action -> thread.set(Thread.ofPlatform().daemon().start(action)));
        Waiting.until("it waits", () -> thread.get().getState() == Thread.State.TIMED_WAITING);
        return waiting;
    }

    @Test
    void progress_that_nobody_waited_for_shows_at_the_next_look() throws Exception {
        var map = new DrivenJob(Submissions.map(10, 1));
        long known = map.job.snapshot().version();
        map.echo(map.begin());
        map.echo(map.begin());
        Waiting.until("begun and done are seen", () -> map.job.snapshot().version() == known + 2);
        assertThat(map.job.awaitChange(known + 1, Duration.ZERO)).isTrue();
        assertThat(map.job.awaitChange(known + 2, Duration.ZERO))
                .as("there is no more news")
                .isFalse();
    }

    @Test
    void progress_changes_the_version_at_most_four_times_a_second() throws Exception {
        var map = new DrivenJob(Submissions.map(100_000, 1));
        long begun = System.nanoTime();
        long first = map.job.snapshot().version();
        long version = first;
        while (version < first + 5) { // the begin, and progress after it
            map.value(map.begin(), "[]");
            map.job.awaitChange(version, Duration.ofMillis(2));
            version = map.job.snapshot().version();
        }
        var took = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(version - first - 1)
                .as("changes by progress in %s", took)
                .isLessThanOrEqualTo(took.toMillis() / 250);
    }

    @Test
    void a_wait_for_the_end_is_over_when_its_patience_is() throws InterruptedException {
        var apply = new DrivenJob(Submissions.apply());
        assertThat(apply.job.awaitReady(Duration.ofMillis(1))).isFalse();
        assertThat(apply.job.awaitChange(apply.job.snapshot().version(), Duration.ofMillis(1)))
                .isFalse();
        assertThat(apply.job.awaitChange(-1, Duration.ZERO)).isTrue();
    }
}
