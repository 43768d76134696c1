package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import io.procpool.service.Waiting;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tasks that may begin once at most: each is claimed for the one who runs it, just before that. */
class OnceTest {
    private final Ledger ledger = new Ledger();

    private DrivenJob once(Submission submission) {
        return new DrivenJob(Submissions.once(submission), ledger);
    }

    @Test
    void none_is_claimed_ahead_of_who_asks() {
        var map = once(Submissions.map(3, 1));
        assertThat(ledger.asked()).isEmpty();
        assertThat(map.cut().number()).isZero();
        assertThat(ledger.asked()).containsExactly("claim 0#1");
        assertThat(map.cut().number()).isEqualTo(1);
        assertThat(ledger.asked()).containsExactly("claim 0#1", "claim 1#1");
        assertThat(map.cut().number()).isEqualTo(2);
        assertThat(map.job.next(4)).isNull();
        assertThat(ledger.asked()).hasSize(3);
    }

    @Test
    void who_asks_gets_it_when_that_is_written() throws Exception {
        var apply = once(Submissions.apply());
        ledger.heldBack();
        var asks = new CompletableFuture<Job.Cut>();
        Thread.ofVirtual().start(() -> asks.complete(apply.job.next(1)));
        Waiting.until("it is being claimed", () -> !ledger.unwritten().isEmpty());
        assertThat(apply.job.next(1)).as("the other's claim is not for this one").isNull();
        ledger.write();
        var cut = asks.get(60, TimeUnit.SECONDS);
        assertThat(cut == null ? apply.cut() : cut.task())
                .as("in time, or when the pool was told of it")
                .isNotNull();
        assertThat(ledger.asked()).containsExactly("claim 0#1");
    }

    @Test
    void a_store_that_takes_long_holds_nobody_up_and_the_pool_is_told_later() {
        var apply = once(Submissions.apply());
        ledger.heldBack();
        assertThat(apply.job.next(1)).isNull();
        assertThat(apply.mores()).isZero();
        ledger.write();
        assertThat(apply.mores()).isOne();
        assertThat(apply.cut().attempt()).isEqualTo(1);
        assertThat(ledger.asked()).containsExactly("claim 0#1");
    }

    @Test
    void a_map_stands_in_line_once_for_each_of_its_tasks() {
        var map = once(Submissions.map(50, 1));
        int asked = 0;
        while (map.job.next(4) != null) {
            asked++;
            assertThat(map.mores()).as("task %d", asked).isLessThanOrEqualTo(asked);
        }
        assertThat(asked).isEqualTo(50);
    }

    @Test
    void a_lost_worker_is_the_end_of_it() {
        var lost = new Failure.WorkerLost("killed", null, 9, "");
        var apply = once(Submissions.apply());
        apply.broke(apply.begin(), lost);
        assertThat(apply.problem()).isEqualTo(lost);
        assertThat(apply.job.next(1)).isNull();
    }
}
