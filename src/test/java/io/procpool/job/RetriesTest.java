package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static Retries after(Duration backoff) {
        return new Retries(Retries.MOST, backoff, List.of("worker-lost"));
    }

    @Test
    void pauses_double_from_the_second_run_on() {
        var retries = after(Duration.ofSeconds(3));
        assertThat(IntStream.rangeClosed(2, 6).mapToObj(retries::before))
                .extracting(Duration::toSeconds)
                .containsExactly(3L, 6L, 12L, 24L, 48L);
    }

    @Test
    void none_is_longer_than_the_longest_however_many_there_were() {
        for (var backoff : List.of(Duration.ofSeconds(1), Duration.ofDays(400))) {
            assertThat(after(backoff).before(Retries.MOST + 1)).isEqualTo(Retries.LONGEST_BACKOFF);
        }
        assertThat(after(Duration.ofMinutes(31)).before(3)).isEqualTo(Retries.LONGEST_BACKOFF);
    }

    @Test
    void without_a_backoff_there_is_none() {
        assertThat(after(Duration.ZERO).before(Retries.MOST + 1)).isEqualTo(Duration.ZERO);
    }
}
