package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that are claimed before they are handed out. */
class TasksTest {
    private static final int PROCESSES = 2;

    private static Tasks of(int items) {
        return new Tasks(new Cuts(Submissions.map(items, 1)), true, false);
    }

    private static List<Integer> numbers(List<Task> tasks) {
        return tasks.stream().map(Task::number).toList();
    }

    @Test
    void none_is_handed_out_before_it_is_claimed() {
        var tasks = of(3);
        assertThat(tasks.left()).isTrue();
        assertThat(tasks.next(PROCESSES)).isNull();
        var claims = tasks.toClaim(PROCESSES);
        assertThat(numbers(claims)).containsExactly(0, 1, 2);
        assertThat(tasks.next(PROCESSES)).isNull();
        assertThat(tasks.noneOut()).isTrue();
        tasks.claimed(claims);
        assertThat(tasks.next(PROCESSES)).isSameAs(claims.getFirst());
        assertThat(tasks.noneOut()).isFalse();
    }

    @Test
    void one_batch_is_claimed_at_a_time() {
        var tasks = of(1_000);
        var claims = tasks.toClaim(PROCESSES);
        assertThat(tasks.toClaim(PROCESSES)).isEmpty();
        tasks.claimed(claims);
        while (tasks.more()) {
            tasks.next(PROCESSES);
        }
        assertThat(tasks.toClaim(PROCESSES)).isNotEmpty();
    }

    @Test
    void batches_grow_for_those_who_had_to_wait_to_a_limit_and_the_next_is_claimed_ahead() {
        var tasks = of(10_000);
        var sizes = new ArrayList<Integer>();
        int number = 0;
        for (int i = 0; i < 10; i++) {
            var claims = tasks.toClaim(PROCESSES);
            sizes.add(claims.size());
            tasks.claimed(claims);
            while (tasks.more()) {
                assertThat(tasks.next(PROCESSES).number()).isEqualTo(number++);
            }
        }
        assertThat(sizes).startsWith(4, 8, 16, 32, 64, 64);
        var claims = tasks.toClaim(PROCESSES);
        tasks.claimed(claims);
        for (int handed = 0; handed < 31; handed++) {
            tasks.next(PROCESSES);
        }
        assertThat(tasks.toClaim(PROCESSES)).as("more than half of them are there").isEmpty();
        tasks.next(PROCESSES);
        assertThat(tasks.toClaim(PROCESSES)).hasSize(32);
    }

    @Test
    void the_pool_is_told_once_that_there_is_something_after_it_has_asked_in_vain() {
        var tasks = of(100);
        assertThat(tasks.wakes()).as("it is in the queue as it came").isFalse();
        tasks.next(PROCESSES);
        tasks.rest();
        var claims = tasks.toClaim(PROCESSES);
        assertThat(tasks.wakes()).as("what is being claimed is nothing yet").isFalse();
        tasks.claimed(claims);
        assertThat(tasks.wakes()).isTrue();
        assertThat(tasks.wakes()).isFalse();
    }

    @Test
    void one_that_runs_again_keeps_its_number_and_comes_before_what_was_never_cut() {
        var tasks = of(100);
        tasks.claimed(tasks.toClaim(PROCESSES));
        var first = tasks.next(PROCESSES);
        while (tasks.more()) {
            tasks.next(PROCESSES);
        }
        tasks.returned(first);
        first.ran(DrivenJob.attempt(first, null));
        tasks.again(first.next());
        var claims = tasks.toClaim(PROCESSES);
        assertThat(numbers(claims)).startsWith(0, 4, 5);
        assertThat(claims.getFirst().attempt()).isEqualTo(2);
        assertThat(claims.getFirst().attempts()).hasSize(1);
        assertThat(Submissions.text(claims.getFirst())).isEqualTo("[0]");
    }

    @Test
    void what_was_cut_in_an_earlier_life_is_not_cut_again() {
        var cuts = new Cuts(Submissions.map(10, 3));
        var tasks = new Tasks(cuts, true, false);
        cuts.goOnAt(6);
        tasks.goOnAt(2);
        tasks.again(new Task(1, cuts.recut(3, 3), 4, List.of()));
        var claims = tasks.toClaim(PROCESSES);
        assertThat(claims)
                .extracting(Task::number, Task::attempt, Task::firstItem, Task::items)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, 4, 3L, 3),
                        org.assertj.core.groups.Tuple.tuple(2, 1, 6L, 3),
                        org.assertj.core.groups.Tuple.tuple(3, 1, 9L, 1));
        assertThat(claims)
                .extracting(Submissions::text)
                .containsExactly("[3,4,5]", "[6,7,8]", "[9]");
        assertThat(tasks.left()).isFalse();
    }

    @Test
    void nothing_is_left_when_it_is_stopped() {
        var tasks = of(10);
        tasks.claimed(tasks.toClaim(PROCESSES));
        tasks.next(PROCESSES);
        tasks.stop();
        assertThat(tasks.left()).isFalse();
        assertThat(tasks.next(PROCESSES)).isNull();
        assertThat(tasks.noneOut()).as("what is out is out").isFalse();
    }
}
