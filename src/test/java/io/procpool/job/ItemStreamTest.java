package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.PoolDegraded;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A stream's items become chunks, and their ends answers; its job has one outcome, when all is written. */
class ItemStreamTest {
    private static final Failure LOST = new Failure.WorkerLost("crash_exit", 7, null, "last words");

    @Test
    void a_full_chunk_goes_out_at_once_and_a_part_filled_one_after_20_ms_without_input()
            throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 3);
        stream.offer("[0,1,2,3]");
        assertThat(stream.takeAll(1)).containsExactly("[0,1,2]");
        stream.pass(Duration.ofMillis(15));
        stream.offer("[4]");
        assertThat(stream.alarms()).isOne();
        stream.pass(Duration.ofMillis(5)); // 20 ms after the chunk was begun, 5 after its last item
        assertThat(stream.takeAll(1)).isEmpty();
        assertThat(stream.alarms()).isOne();
        stream.pass(Duration.ofMillis(14));
        assertThat(stream.takeAll(1)).isEmpty();
        assertThat(stream.told()).isZero();
        stream.pass(Duration.ofMillis(1));
        assertThat(stream.told()).isOne();
        assertThat(stream.takeAll(1)).containsExactly("[3,4]");
        assertThat(stream.alarms()).isZero();
    }

    @Test
    void a_part_filled_chunk_goes_out_at_the_end_of_the_input() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 3);
        stream.offer("[0,1]");
        assertThat(stream.takeAll(1)).isEmpty();
        stream.stream.end(null);
        assertThat(stream.takeAll(1)).containsExactly("[0,1]");
    }

    @Test
    void the_pool_is_told_of_items_only_if_it_has_asked_in_vain() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 1);
        stream.offer("[0]");
        stream.offer("[1]");
        assertThat(stream.told()).isZero(); // it was offered when it was opened
        assertThat(stream.driven.job.next(1).more()).isTrue();
        stream.offer("[2]");
        assertThat(stream.told()).isZero(); // it will ask again
        assertThat(stream.driven.job.next(1).more()).isTrue();
        assertThat(stream.driven.job.next(1).more()).isFalse();
        stream.offer("[3]");
        stream.offer("[4]");
        assertThat(stream.told()).isOne();
        assertThat(stream.driven.job.next(1).more()).isTrue();
        assertThat(stream.driven.job.next(1).more()).isFalse();
        stream.offer("[5]");
        assertThat(stream.told()).isEqualTo(2);
    }

    @Test
    void answers_come_in_the_order_of_the_items_or_of_their_ends() throws InterruptedException {
        var ordered = new DrivenStream(Verb.IMAP, 2);
        var unordered = new DrivenStream(Verb.IMAP_UNORDERED, 2);
        for (var stream : new DrivenStream[] {ordered, unordered}) {
            stream.offer("[0,1,2,3,4,5]");
            assertThat(stream.takeAll(1)).hasSize(3);
            stream.echoLast();
        }
        assertThat(ordered.stream.await(Duration.ZERO)).isFalse();
        assertThat(ordered.written()).isEmpty();
        assertThat(unordered.stream.await(Duration.ZERO)).isTrue();
        assertThat(unordered.written()).containsExactly("4+2 [4,5]");
        ordered.echo();
        ordered.echo();
        assertThat(ordered.written()).containsExactly("0+2 [0,1]", "2+2 [2,3]", "4+2 [4,5]");
    }

    @Test
    void a_task_that_breaks_ends_nothing() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 2);
        stream.offer("[0,1,2,3]");
        stream.takeAll(1);
        stream.broke(LOST);
        stream.echo();
        assertThat(stream.written()).containsExactly("0+2 WorkerLost", "2+2 [2,3]");
        assertThat(stream.stream.finished()).isNull();
        stream.stream.end(null);
        assertThat(stream.stream.finished().state()).isInstanceOf(JobState.Succeeded.class);
        assertThat(stream.stream.finished().done()).isEqualTo(4);
    }

    @Test
    void it_has_its_outcome_when_all_is_written() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 1);
        stream.offer("[0]");
        stream.takeAll(1);
        stream.stream.end(null);
        stream.echo();
        assertThat(stream.stream.finished()).isNull();
        assertThat(stream.written()).hasSize(1);
        assertThat(stream.driven.decisions()).isZero();
        assertThat(stream.stream.finished()).isNotNull();
        assertThat(stream.driven.decisions()).isOne();
    }

    @Test
    void an_input_that_breaks_off_lets_what_came_be_answered_first() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 2);
        stream.offer("[0,1,2]");
        stream.stream.end(new Failure.InputRefused("Line 5: no"));
        assertThat(stream.stream.open()).isFalse();
        assertThat(stream.stream.offer(Submissions.items("[9]"))).isFalse();
        assertThat(stream.takeAll(1)).containsExactly("[0,1]", "[2]");
        stream.echo();
        stream.echo();
        assertThat(stream.written()).hasSize(2);
        assertThat(stream.stream.finished().state().failure())
                .contains(new Failure.InputRefused("Line 5: no"));
        assertThat(stream.read()).isEqualTo(3);
    }

    @Test
    void when_it_is_cancelled_every_item_that_was_read_has_an_answer() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 2);
        stream.offer("[0,1,2,3,4,5,6]");
        var cancelled = new AtomicBoolean();
        stream.takeAll(1);
        stream.driven.job.cancelledBy(stream.out.peekLast(), () -> cancelled.set(true));
        stream.echo();
        stream.stream.abandon();
        assertThat(cancelled).isTrue();
        assertThat(stream.takeAll(1)).isEmpty();
        stream.broke(new Failure.Cancelled());
        assertThat(stream.stream.finished()).isNull(); // one is out
        stream.echo();
        assertThat(stream.written())
                .containsExactly("0+2 [0,1]", "2+2 Cancelled", "4+2 [4,5]", "6+1 Cancelled");
        assertThat(stream.stream.finished().state()).isInstanceOf(JobState.Cancelled.class);
    }

    @Test
    void it_is_given_up_when_its_first_item_has_waited_in_vain_for_a_start()
            throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP, 1);
        var why = new PoolDegraded("pool", "no worker starts", Duration.ofSeconds(1));
        stream.trouble = Optional.of(why);
        stream.pass(Duration.ofMinutes(5));
        assertThat(stream.stream.trouble()).isEmpty(); // there is nothing to run
        stream.offer("[0]");
        stream.pass(Duration.ofSeconds(20));
        stream.offer("[1]");
        assertThat(stream.stream.trouble()).isEmpty();
        assertThat(stream.stream.startLeft()).contains(Duration.ofSeconds(10));
        stream.pass(Duration.ofSeconds(10));
        assertThat(stream.stream.startLeft()).isEmpty();
        assertThat(stream.stream.trouble()).contains(why);
        stream.stream.giveUp(why);
        assertThat(stream.refused).containsExactly(why);
        assertThat(stream.written()).containsExactly("0+1 Cancelled", "1+1 Cancelled");
    }

    @Test
    void a_task_could_have_run_since_its_chunk_was_whole() throws InterruptedException {
        long opened = System.nanoTime();
        var stream = new DrivenStream(Verb.IMAP, 2);
        stream.offer("[0]");
        long begun = System.nanoTime();
        stream.offer("[1]");
        long whole = System.nanoTime();
        stream.takeAll(1);
        assertThat(stream.out.remove().readyNanos() - opened)
                .isBetween(begun - opened, whole - opened);
    }

    @Test
    void a_late_end_of_a_task_changes_nothing_any_more() throws InterruptedException {
        var stream = new DrivenStream(Verb.IMAP_UNORDERED, 1);
        stream.offer("[0,1]");
        stream.takeAll(1);
        stream.driven.job.broke(new Failure.PoolTerminated("pool"));
        stream.echo();
        assertThat(stream.written()).containsExactly("0+1 PoolTerminated", "1+1 PoolTerminated");
        stream.echo();
        assertThat(stream.written()).isEmpty();
    }
}
