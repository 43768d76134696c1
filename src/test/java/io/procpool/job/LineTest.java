package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LineTest {
    private static final Instant NOW = DrivenJob.NOW;
    private static final Instant LATER = NOW.plusSeconds(9);

    private final Line line = new Line();

    private void fill(int jobs) {
        for (int i = 0; i < jobs; i++) {
            assertThat(line.enter()).isTrue();
        }
    }

    @Test
    void new_ones_go_past_the_store_until_the_window_is_full() {
        fill(Line.WINDOW);
        assertThat(line.enter()).isFalse();
        line.leave();
        assertThat(line.enter()).isTrue();
        assertThat(line.enter()).isFalse();
    }

    @Test
    void new_ones_do_not_overtake_those_that_wait_but_those_that_are_not_due() {
        line.arrived();
        assertThat(line.enter()).isFalse();
        assertThat(line.fetched(line.arrivals(), LATER)).isFalse();
        assertThat(line.isWaiting()).isTrue();
        assertThat(line.enter()).isTrue();
        line.arrived();
        assertThat(line.enter()).isFalse();
    }

    @Test
    void there_is_room_for_many_or_none() {
        line.arrived();
        assertThat(line.room(NOW)).isEqualTo(Line.WINDOW);
        line.reserve(Line.WINDOW + 5);
        line.free(5);
        assertThat(line.room(NOW)).isZero();
        for (int left = Line.WINDOW - 1; left > Line.WINDOW * 3 / 4; left--) {
            line.leave();
            assertThat(line.room(NOW)).as("%d are left", left).isZero();
        }
        line.leave();
        assertThat(line.room(NOW)).isEqualTo(Line.WINDOW / 4);
    }

    @Test
    void what_is_not_due_is_not_fetched_before_it_is() {
        line.arrived();
        line.fetched(line.arrivals(), LATER);
        assertThat(line.room(LATER.minusNanos(1))).isZero();
        assertThat(line.room(LATER)).isEqualTo(Line.WINDOW);
        assertThat(line.nextDue()).isEqualTo(LATER);
    }

    @Test
    void what_comes_while_the_store_is_asked_is_not_forgotten() {
        line.arrived();
        long before = line.arrivals();
        line.arrived();
        assertThat(line.fetched(before, null)).isFalse();
        assertThat(line.isWaiting()).isTrue();
        assertThat(line.room(NOW)).isPositive();
        assertThat(line.fetched(line.arrivals(), null)).isTrue();
        assertThat(line.isWaiting()).isFalse();
        assertThat(line.room(NOW)).isZero();
    }

    @Test
    void who_was_run_already_needs_no_place_but_takes_one() {
        fill(Line.WINDOW);
        line.join();
        line.leave();
        assertThat(line.enter()).isFalse();
        assertThat(line.isEmpty()).isFalse();
    }
}
