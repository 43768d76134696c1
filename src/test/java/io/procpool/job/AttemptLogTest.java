package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptLogTest {
    private static final Failure LOST = new Failure.WorkerLost("crash_exit", 7, null, "");

    private final AttemptLog log = new AttemptLog();

    private void add(int second, Failure failure) {
        log.add(DrivenJob.attempt(1, second, 1, failure, Instant.EPOCH.plusSeconds(second)));
    }

    @Test
    void attempts_are_in_the_order_of_their_begin() {
        add(3, null);
        add(1, LOST);
        add(2, null);
        assertThat(log.all()).extracting(Attempt::firstItem).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_map_of_many_tasks_keeps_its_first_failures_and_its_last_successes() {
        for (int i = 0; i < 1_000; i++) {
            add(i, i % 10 == 0 ? LOST : null);
        }
        var kept = log.all();
        assertThat(kept).hasSize(100);
        var failed = kept.stream().filter(attempt -> attempt.problem() != null).toList();
        assertThat(failed).hasSize(50);
        assertThat(failed.getFirst().firstItem()).isZero();
        assertThat(failed.getLast().firstItem()).isEqualTo(490);
        var succeeded = kept.stream().filter(attempt -> attempt.problem() == null).toList();
        assertThat(succeeded).hasSize(50);
        assertThat(succeeded.getLast().firstItem()).isEqualTo(999);
        assertThat(succeeded.getFirst().firstItem()).isEqualTo(945);
    }
}
