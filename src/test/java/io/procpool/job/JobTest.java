package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JobTest {
    private static final Failure LOST = new Failure.WorkerLost("crash_signal", null, 9, "");
    private static final Failure.Thrown NO = new Failure.Thrown("ValueError", "no", "");

    private static ItemError item(int index) {
        return new ItemError(index, new Failure.FunctionRaised(NO, index));
    }

    @Test
    void an_apply_is_one_task_whose_value_is_the_jobs() {
        var apply = new DrivenJob(Submissions.apply());
        var task = apply.begin();
        assertThat(Submissions.text(task)).isEqualTo("{\"args\":[1, 2],\"kwds\":{\"k\": 3}}");
        assertThat(apply.job.next(4)).isNull();
        assertThat(apply.state()).isEqualTo(new JobState.Running(DrivenJob.NOW));
        apply.value(task, "12345678901234567890123");
        assertThat(apply.value()).isEqualTo("12345678901234567890123");
        assertThat(apply.job.snapshot().done()).isEqualTo(1);
        assertThat(apply.job.snapshot().attempts()).hasSize(1);
        assertThat(apply.decisions()).isEqualTo(1);
    }

    @Test
    void a_map_has_its_values_in_the_order_of_its_items_whatever_order_they_come_in() {
        long seed = new Random().nextInt();
        for (int round = 0; round < 50; round++) {
            var random = new Random(seed + round);
            int items = 1 + random.nextInt(100);
            var map = new DrivenJob(Submissions.map(items, 1 + random.nextInt(20)));
            var tasks = map.beginAll();
            Collections.shuffle(tasks, random);
            for (var task : tasks) {
                assertThat(map.job.snapshot().ready()).isFalse();
                map.echo(task);
            }
            assertThat(map.value())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(Submissions.numbers(0, items));
            assertThat(map.job.snapshot().done()).isEqualTo(items);
            assertThat(map.decisions()).isEqualTo(1);
        }
    }

    @Test
    void a_map_says_of_each_task_whether_there_are_more() {
        var map = new DrivenJob(Submissions.map(3, 2));
        assertThat(map.job.next(4).more()).isTrue();
        assertThat(map.job.next(4).more()).isFalse();
        assertThat(map.job.next(4)).isNull();
    }

    @Test
    void a_map_with_a_timeout_and_no_chunksize_has_tasks_of_one_item() {
        var map = new DrivenJob(Submissions.map(10, null, Duration.ofSeconds(9), false));
        map.echo(map.begin());
        assertThat(map.beginAll()).hasSize(9).allMatch(task -> task.items() == 1);
        var chunks = new DrivenJob(Submissions.map(10, 5, Duration.ofSeconds(9), false));
        assertThat(chunks.beginAll()).hasSize(2);
    }

    @Test
    void a_map_of_nothing_is_done_at_once() {
        var map = new DrivenJob(Submissions.map(0, null));
        map.job.finishEmpty();
        assertThat(map.value()).isEqualTo("[]");
        assertThat(map.succeeded().started()).isNull();
    }

    @Test
    void the_first_error_decides_and_what_ends_later_changes_nothing() {
        var map = new DrivenJob(Submissions.map(10, 2));
        var first = map.begin();
        var second = map.begin();
        var third = map.begin();
        map.broke(second, LOST);
        assertThat(map.problem()).isEqualTo(LOST);
        assertThat(map.job.next(4)).as("nothing more begins").isNull();
        map.broke(first, new Failure.FunctionRaised(NO, 0));
        map.echo(third);
        map.job.cancel();
        map.job.broke(new Failure.PoolTerminated("p"));
        assertThat(map.problem()).isEqualTo(LOST);
        assertThat(map.decisions()).isEqualTo(1);
    }

    @Test
    void the_item_of_an_error_is_counted_from_the_begin_of_the_map() {
        var map = new DrivenJob(Submissions.map(10, 3));
        map.begin();
        map.begin();
        map.broke(map.begin(), new Failure.FunctionRaised(NO, 2));
        assertThat(map.problem()).isEqualTo(new Failure.FunctionRaised(NO, 8));
        var apply = new DrivenJob(Submissions.apply());
        apply.broke(apply.begin(), new Failure.FunctionRaised(NO, null));
        assertThat(apply.problem()).isEqualTo(new Failure.FunctionRaised(NO, null));
    }

    @Test
    void a_collecting_map_has_null_and_an_error_for_what_failed() {
        var map = new DrivenJob(Submissions.collectingMap(7, 3));
        var tasks = map.beginAll();
        map.value(tasks.get(2), "[null]", item(0));
        map.broke(tasks.get(1), LOST);
        map.value(tasks.get(0), "[0,null,2]", item(1));
        assertThat(map.value()).isEqualTo("[0,null,2,null,null,null,null]");
        assertThat(map.succeeded().errors())
                .extracting(ItemError::index)
                .containsExactly(1, 3, 4, 5, 6);
        assertThat(map.succeeded().errors().subList(1, 4))
                .extracting(ItemError::problem)
                .containsOnly(LOST);
        assertThat(map.job.snapshot().done()).isEqualTo(7);
    }

    @Test
    void a_collecting_apply_that_fails_succeeds_with_nothing_and_an_error() {
        var apply = new DrivenJob(Submissions.collectingApply());
        apply.broke(apply.begin(), LOST);
        assertThat(apply.value()).isEqualTo("null");
        assertThat(apply.succeeded().errors()).containsExactly(new ItemError(0, LOST));
    }

    @Test
    void a_value_as_long_as_the_limit_is_one_and_a_byte_more_is_too_large() {
        // [a,b] of two chunks: the brackets and the comma are 3 bytes
        int longest = DrivenJob.LIMIT - 3 - 100;
        for (int more = 0; more <= 1; more++) {
            var map = new DrivenJob(Submissions.map(2, 1));
            map.value(map.begin(), "[\"" + "x".repeat(98) + "\"]");
            map.value(map.begin(), "[\"" + "x".repeat(longest - 2 + more) + "\"]");
            if (more == 0) {
                assertThat(map.succeeded().value().size()).isEqualTo(DrivenJob.LIMIT);
            } else {
                assertThat(map.problem()).isEqualTo(new Failure.ResultTooLarge(DrivenJob.LIMIT));
            }
        }
    }

    @Test
    void a_value_that_is_too_large_ends_a_map_before_it_is_whole() {
        var map = new DrivenJob(Submissions.map(10, 1));
        map.begin();
        map.value(map.begin(), "[\"" + "x".repeat(DrivenJob.LIMIT) + "\"]");
        assertThat(map.problem()).isEqualTo(new Failure.ResultTooLarge(DrivenJob.LIMIT));
        assertThat(map.job.next(4)).isNull();
    }

    @Test
    void a_chunk_that_is_no_array_is_not_counted_and_its_task_can_still_fail() {
        var map = new DrivenJob(Submissions.collectingMap(4, 2));
        var broken = map.begin();
        assertThatThrownBy(() -> map.value(broken, "7"))
                .isInstanceOf(IllegalArgumentException.class);
        map.broke(broken, new Failure.ProtocolError("no array"));
        map.echo(map.begin());
        assertThat(map.value()).isEqualTo("[null,null,2,3]");
        assertThat(map.job.snapshot().done()).isEqualTo(4);
    }

    @Test
    void a_job_that_waits_is_cancelled_at_once() {
        var apply = new DrivenJob(Submissions.apply());
        apply.job.cancel();
        assertThat(apply.state()).isEqualTo(new JobState.Cancelled(null, DrivenJob.NOW));
        assertThat(apply.job.next(4)).isNull();
        assertThat(apply.decisions()).isEqualTo(1);
    }

    @Test
    void a_job_that_runs_is_cancelled_when_its_last_task_has_ended() {
        var map = new DrivenJob(Submissions.map(9, 3));
        var killed = new AtomicInteger();
        var first = map.begin();
        var second = map.begin();
        map.job.cancelledBy(first, killed::incrementAndGet);
        map.job.cancel();
        map.job.cancel();
        assertThat(killed).hasValue(1);
        map.job.cancelledBy(second, killed::incrementAndGet);
        assertThat(killed).as("who comes late is told at once").hasValue(2);
        assertThat(map.job.next(4)).isNull();
        map.broke(first, new Failure.Cancelled());
        assertThat(map.state()).as("one is still out").isInstanceOf(JobState.Running.class);
        map.echo(second);
        assertThat(map.state()).isEqualTo(new JobState.Cancelled(DrivenJob.NOW, DrivenJob.NOW));
    }

    @Test
    void a_cancel_that_comes_too_late_finds_the_value() {
        var map = new DrivenJob(Submissions.map(4, 2));
        var tasks = map.beginAll();
        map.job.cancel();
        map.echo(tasks.get(1));
        map.echo(tasks.get(0));
        assertThat(map.value()).isEqualTo("[0,1,2,3]");
    }

    @Test
    void a_terminated_pool_decides_at_once_also_over_a_cancel() {
        var terminated = new Failure.PoolTerminated("p");
        var map = new DrivenJob(Submissions.collectingMap(9, 3));
        var task = map.begin();
        map.begin();
        map.job.cancel();
        map.broke(task, terminated);
        assertThat(map.problem()).isEqualTo(terminated);
    }

    @Test
    void a_job_expires_unless_it_has_begun() {
        var after = Duration.ofSeconds(3);
        var waiting = new DrivenJob(Submissions.apply());
        assertThat(waiting.job.lapse(after)).isTrue();
        assertThat(waiting.state()).isEqualTo(new JobState.Expired(DrivenJob.NOW, after));
        assertThat(waiting.job.next(4)).isNull();
        var running = new DrivenJob(Submissions.apply());
        var task = running.begin();
        assertThat(running.job.lapse(after)).isFalse();
        running.value(task, "1");
        assertThat(running.value()).isEqualTo("1");
        assertThat(List.of(waiting.decisions(), running.decisions())).containsOnly(1);
    }

    @Test
    void a_job_that_is_decided_can_not_become_async_any_more() {
        var apply = new DrivenJob(Submissions.apply()).heldBack();
        assertThat(apply.job.becomeAsync(new Ticket(DrivenJob.ID, 1))).isTrue();
        apply.value(apply.begin(), "1");
        assertThat(apply.job.becomeAsync(new Ticket(DrivenJob.ID, 1))).isFalse();
    }
}
