package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentJobsTest {
    private final RecentJobs recent = new RecentJobs();

    private static UUID id(int n) {
        return new UUID(n, n);
    }

    private static JobRecord record(int n, JobState state, String outputTail) {
        var attempts =
                IntStream.range(0, 50)
                        .mapToObj(
                                i ->
                                        new Attempt(
                                                1,
                                                i,
                                                1,
                                                4711,
                                                1,
                                                Instant.EPOCH,
                                                Instant.EPOCH,
                                                null,
                                                null,
                                                0,
                                                0,
                                                outputTail,
                                                true,
                                                null))
                        .toList();
        return new JobRecord(
                id(n), "p", Verb.MAP, "m.f", false, false, Instant.EPOCH, state, 1, 1, attempts, 3);
    }

    private static JobRecord succeeded(int n, int bytes) {
        var value = Payload.of(new byte[bytes]);
        return record(n, new JobState.Succeeded(null, Instant.EPOCH, value, List.of()), "");
    }

    @Test
    void a_thousand_are_kept_the_oldest_goes_first() {
        for (int n = 0; n < 1_001; n++) {
            recent.add(succeeded(n, 10));
        }
        assertThat(recent.all()).hasSize(1_000);
        assertThat(recent.find(id(0))).isEmpty();
        assertThat(recent.find(id(1))).isPresent();
    }

    @Test
    void a_large_value_is_not_kept() {
        recent.add(succeeded(1, 16 * 1024));
        recent.add(succeeded(2, 16 * 1024 + 1));
        assertThat(recent.find(id(1))).isPresent();
        assertThat(recent.find(id(2))).isEmpty();
    }

    @Test
    void however_much_jobs_have_printed_and_raised_the_memory_is_bounded() {
        var much = "x".repeat(64 * 1024);
        var raised = new Failure.FunctionRaised(new Failure.Thrown("E", much, much), null);
        for (int n = 0; n < 100; n++) {
            recent.add(record(n, new JobState.Failed(null, Instant.EPOCH, raised), much));
        }
        assertThat(recent.all().stream().mapToLong(JobRecord::weight).sum())
                .isBetween(16L << 20, 32L << 20);
        assertThat(recent.find(id(99))).isPresent();
        assertThat(recent.find(id(0))).isEmpty();
    }

    @Test
    void what_was_forgotten_is_not_there_and_takes_no_memory() {
        for (int n = 0; n < 100; n++) {
            recent.add(record(n, new JobState.Cancelled(null, Instant.EPOCH), "x".repeat(10_000)));
            assertThat(recent.forget(id(n))).isTrue();
            assertThat(recent.forget(id(n))).isFalse();
        }
        assertThat(recent.all()).isEmpty();
        for (int n = 100; n < 130; n++) {
            recent.add(record(n, new JobState.Cancelled(null, Instant.EPOCH), "x".repeat(10_000)));
        }
        assertThat(recent.all()).hasSize(30);
    }
}
