package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemberTest {
    private static Member member(double jitter) {
        return new Member(1, null, null, Instant.EPOCH, jitter);
    }

    @Test
    void jitter_cuts_a_limit_by_nothing_to_a_tenth() {
        assertThat(member(0).jittered(Duration.ofSeconds(100))).isEqualTo(Duration.ofSeconds(100));
        assertThat(member(1).jittered(Duration.ofSeconds(100))).isEqualTo(Duration.ofSeconds(90));
        assertThat(member(0.5).jittered(1_000L)).isEqualTo(950);
    }

    @Test
    void no_limit_is_ever_raised_or_cut_by_more_than_a_tenth() {
        var random = new Random();
        for (int i = 0; i < 1_000; i++) {
            var member = member(random.nextDouble());
            var limit = Duration.ofNanos(random.nextLong(1_000, Duration.ofDays(365).toNanos()));
            assertThat(member.jittered(limit))
                    .isLessThanOrEqualTo(limit)
                    .isGreaterThanOrEqualTo(limit.multipliedBy(9).dividedBy(10).minusNanos(64));
            long bytes = random.nextLong(1_000, 1L << 40);
            assertThat(member.jittered(bytes)).isBetween(bytes / 10 * 9, bytes);
        }
    }

    @Test
    void a_member_is_busy_while_it_has_a_call_and_counts_what_it_has_served() {
        var member = member(0);
        assertThat(member.state()).isEqualTo(WorkerState.STARTING);
        member.becomes(WorkerState.IDLE);
        var call = Sheaf.call("a");
        member.takes(call);
        assertThat(member.state()).isEqualTo(WorkerState.BUSY);
        assertThat(member.current()).isSameAs(call);
        assertThat(member.served()).isZero();
        member.hasServed();
        assertThat(member.state()).isEqualTo(WorkerState.IDLE);
        assertThat(member.current()).isNull();
        assertThat(member.served()).isEqualTo(1);
    }
}
