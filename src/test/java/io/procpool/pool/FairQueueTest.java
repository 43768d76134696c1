package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.PoolNotRunning;
import io.procpool.problem.Refusal.QueueFull;
import io.procpool.problem.Refused;
import io.procpool.service.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final int MANY = 10_000;
    private static final int PROCESSES = 4;
    private static final Failure OVER = new Failure.PoolTerminated("p");

    private final FairQueue queue = new FairQueue("p");
    private final Sleeper taker = new Sleeper();

    /** A taker that counts how often it was woken. */
    private static final class Sleeper implements FairQueue.Taker {
        private int woken;

        @Override
        public void wake() {
            woken++;
        }
    }

    private String poll() {
        var call = queue.poll(taker, PROCESSES);
        return call == null ? null : call.reference();
    }

    private List<String> poll(int count) {
        var polled = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            polled.add(poll());
        }
        return polled;
    }

    private void offer(Work... works) {
        for (var work : works) {
            queue.offer(work, MANY);
        }
    }

    @Test
    void works_of_one_priority_take_turns_call_by_call() {
        offer(Sheaf.of("a", 3), Sheaf.of("b", 1), Sheaf.of("c", 2));
        assertThat(poll(7)).containsExactly("a0", "b0", "c0", "a1", "c1", "a2", null);
    }

    @Test
    void an_apply_behind_a_map_of_a_million_tasks_has_the_next_turn_but_one() {
        offer(Sheaf.of("map", 1_000_000));
        poll(100);
        offer(Sheaf.of("apply", 1));
        assertThat(poll(3)).containsExactly("map100", "apply0", "map101");
    }

    @Test
    void a_higher_priority_goes_before_and_the_lower_waits_until_it_is_empty() {
        offer(
                new Sheaf("low", 2, -100),
                new Sheaf("mid", 1, 0),
                new Sheaf("high", 2, 100),
                new Sheaf("peer", 1, 100));
        assertThat(poll(7))
                .containsExactly("high0", "peer0", "high1", "mid0", "low0", "low1", null);
    }

    @Test
    void a_work_that_has_nothing_left_is_passed_over() {
        offer(Sheaf.of("empty", 0), Sheaf.of("a", 1));
        assertThat(poll()).isEqualTo("a0");
        assertThat(queue.size()).isZero();
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void the_limit_counts_what_somebody_waits_for_and_has_not_begun() {
        queue.offer(Sheaf.of("a", 2), 2);
        queue.offer(Sheaf.of("b", 1), 2);
        assertThatThrownBy(() -> queue.offer(Sheaf.of("c", 1), 2))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.problem())
                                        .isEqualTo(new QueueFull("p", 2, Duration.ofSeconds(1))));
        queue.offer(Sheaf.of("x", 1).async(), 2);
        assertThat(queue.size()).isEqualTo(3);
        assertThat(poll()).isEqualTo("a0");
        queue.offer(Sheaf.of("d", 1), 2); // a has begun: its second call takes no place
        assertThatThrownBy(() -> queue.offer(Sheaf.of("e", 1), 2)).isInstanceOf(Refused.class);
        assertThat(poll(5)).containsExactly("b0", "x0", "a1", "d0", null);
    }

    @Test
    void a_removed_work_gives_its_place_back_once() {
        var first = Sheaf.of("a", 2);
        queue.offer(first, 1);
        queue.remove(first);
        queue.remove(first);
        var second = Sheaf.of("b", 2);
        queue.offer(second, 1);
        assertThatThrownBy(() -> queue.offer(Sheaf.of("c", 1), 1)).isInstanceOf(Refused.class);
        assertThat(poll()).isEqualTo("b0");
        queue.offer(Sheaf.of("d", 1), 1);
        queue.remove(second); // had begun: it held no place any more
        assertThatThrownBy(() -> queue.offer(Sheaf.of("e", 1), 1)).isInstanceOf(Refused.class);
        assertThat(poll(2)).containsExactly("d0", null);
        assertThat(first.drops()).isEmpty();
    }

    @Test
    void a_work_that_nobody_waits_for_any_more_keeps_its_place_until_it_begins() {
        var becomesAsync = Sheaf.of("a", 1);
        queue.offer(becomesAsync, 1);
        becomesAsync.async();
        assertThat(poll()).isEqualTo("a0");
        queue.offer(Sheaf.of("b", 1), 1);
        assertThatThrownBy(() -> queue.offer(Sheaf.of("c", 1), 1)).isInstanceOf(Refused.class);
    }

    @Test
    void a_work_that_nobody_knows_can_be_removed() {
        queue.remove(Sheaf.of("a", 1));
        offer(Sheaf.of("b", 1));
        queue.remove(Sheaf.of("c", 1));
        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void a_queue_that_refuses_takes_nothing_new_and_hands_out_what_it_has() {
        var waiting = Sheaf.of("a", 2);
        offer(waiting);
        assertThat(poll()).isEqualTo("a0");
        var why = new PoolNotRunning("p", "CLOSE");
        queue.refuse(why);
        var late = Sheaf.of("b", 1);
        assertThatThrownBy(() -> offer(late))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.problem()).isEqualTo(why));
        assertThat(queue.drained()).isFalse();
        assertThat(poll(2)).containsExactly("a1", null);
        assertThat(queue.drained()).isTrue();
        assertThat(waiting.drops()).isEmpty();
        assertThat(late.drops()).as("a refused work was never the queue's").isEmpty();
    }

    @Test
    void a_close_drops_what_waits_once_each() {
        var waiting = Sheaf.of("a", 2);
        var other = new Sheaf("b", 2, 7);
        offer(waiting, other);
        queue.close(OVER);
        queue.close(OVER);
        assertThat(List.of(waiting, other))
                .allSatisfy(work -> assertThat(work.drops()).containsExactly(OVER));
        assertThat(poll()).isNull();
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void a_close_drops_the_rest_of_a_work_that_is_in_hand() {
        var inHand = Sheaf.of("a", 2).whileCut(() -> queue.close(OVER));
        offer(inHand);
        assertThat(poll()).as("what was cut before is the taker's").isEqualTo("a0");
        assertThat(inHand.drops()).containsExactly(OVER);
        assertThat(poll()).isNull();
    }

    @Test
    void a_call_that_is_given_back_is_next_and_takes_no_place() {
        offer(new Sheaf("urgent", 1, 100), Sheaf.of("a", 1));
        queue.again(new Again(Sheaf.call("back")));
        queue.offer(Sheaf.of("b", 1), 3); // two wait; what comes back does not count
        assertThatThrownBy(() -> queue.offer(Sheaf.of("c", 1), 3)).isInstanceOf(Refused.class);
        assertThat(poll(5)).containsExactly("back", "urgent0", "a0", "b0", null);
    }

    @Test
    void a_call_is_given_back_also_to_a_queue_that_takes_nothing_new() {
        queue.refuse(new PoolNotRunning("p", "CLOSE"));
        assertThat(poll()).isNull();
        queue.again(new Again(Sheaf.call("back")));
        assertThat(taker.woken).isEqualTo(1);
        assertThat(queue.drained()).isFalse();
        assertThat(poll()).isEqualTo("back");
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void a_call_that_is_given_back_to_a_closed_queue_ends_as_the_others_have() {
        queue.refuse(new PoolNotRunning("p", "TERMINATE"));
        queue.close(OVER);
        var asked = new Asked("m.f", "[]", null);
        queue.again(new Again(asked.next(1).call()));
        assertThat(asked.failure()).isEqualTo(OVER);
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void a_queue_is_not_drained_while_a_work_is_in_hand() {
        var states = new ArrayList<Boolean>();
        offer(Sheaf.of("a", 1).whileCut(() -> states.add(queue.drained())));
        assertThat(queue.drained()).isFalse();
        poll();
        assertThat(states).containsExactly(false);
        assertThat(queue.drained()).isTrue();
    }

    @Test
    void one_taker_is_woken_for_one_work_the_last_that_fell_asleep_first() {
        var first = new Sleeper();
        var last = new Sleeper();
        assertThat(queue.poll(first, PROCESSES)).isNull();
        assertThat(queue.poll(last, PROCESSES)).isNull();
        offer(Sheaf.of("a", 1));
        assertThat(List.of(first.woken, last.woken)).containsExactly(0, 1);
        offer(Sheaf.of("b", 1));
        assertThat(List.of(first.woken, last.woken)).containsExactly(1, 1);
        offer(Sheaf.of("c", 1)); // nobody is left to wake
        assertThat(List.of(first.woken, last.woken)).containsExactly(1, 1);
    }

    @Test
    void the_rest_of_a_work_wakes_another_taker() {
        var other = new Sleeper();
        queue.poll(other, PROCESSES);
        queue.poll(taker, PROCESSES);
        offer(Sheaf.of("a", 2));
        assertThat(other.woken).isZero();
        assertThat(poll()).isEqualTo("a0");
        assertThat(other.woken).isEqualTo(1);
    }

    @Test
    void a_taker_that_leaves_passes_on_what_it_was_woken_for() {
        var other = new Sleeper();
        queue.poll(other, PROCESSES);
        queue.poll(taker, PROCESSES);
        offer(Sheaf.of("a", 1));
        assertThat(taker.woken).isEqualTo(1);
        queue.leave(taker);
        assertThat(other.woken).isEqualTo(1);
        assertThat(queue.poll(other, PROCESSES).reference()).isEqualTo("a0");
    }

    @Test
    void a_taker_that_has_left_is_not_woken() {
        queue.poll(taker, PROCESSES);
        queue.leave(taker);
        offer(Sheaf.of("a", 1));
        assertThat(taker.woken).isZero();
    }

    @Test
    void a_taker_that_cannot_take_yet_is_told_of_work_at_once_or_woken_for_it() {
        assertThat(queue.waitFor(taker)).isTrue();
        assertThat(queue.waitFor(taker)).as("again").isTrue();
        offer(Sheaf.of("a", 1));
        assertThat(taker.woken).isEqualTo(1);
        assertThat(queue.waitFor(taker)).isFalse();
        offer(Sheaf.of("b", 1));
        assertThat(taker.woken).as("it does not wait").isEqualTo(1);
    }

    @Test
    void the_oldest_is_the_one_that_waits_longest_without_having_begun() throws Exception {
        assertThat(queue.oldest()).isZero();
        offer(Sheaf.of("a", 2));
        Waiting.until("it has an age", () -> queue.oldest().isPositive());
        var before = queue.oldest();
        Waiting.until("it grows", () -> queue.oldest().compareTo(before) > 0);
        poll();
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.oldest()).as("a has begun").isZero();
    }
}
