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
            assertThat(line.enter(0)).isTrue();
        }
    }

    @Test
    void new_ones_go_past_the_store_until_the_window_is_full() {
        fill(Line.WINDOW);
        assertThat(line.enter(0)).isFalse();
        line.leave();
        assertThat(line.enter(0)).isTrue();
        assertThat(line.enter(0)).isFalse();
    }

    @Test
    void new_ones_do_not_overtake_those_that_wait_but_those_that_are_not_due() {
        line.arrived(0);
        assertThat(line.enter(0)).isFalse();
        assertThat(line.fetched(line.arrivals(), LATER)).isFalse();
        assertThat(line.isWaiting()).isTrue();
        assertThat(line.enter(0)).isTrue();
        line.arrived(0);
        assertThat(line.enter(0)).isFalse();
    }

    @Test
    void those_that_are_to_go_before_have_places_of_their_own() {
        fill(Line.WINDOW);
        assertThat(line.enter(0)).isFalse();
        for (int i = 0; i < Line.WINDOW; i++) {
            assertThat(line.enter(1)).isTrue();
        }
        assertThat(line.enter(1)).isFalse();
    }

    @Test
    void those_that_wait_are_overtaken_by_a_higher_priority_only() {
        line.arrived(3);
        line.arrived(-2);
        assertThat(line.enter(3)).isFalse();
        assertThat(line.enter(4)).isTrue();
        line.fetched(line.arrivals(), null);
        line.arrived(-2);
        assertThat(line.enter(-2)).isFalse();
        assertThat(line.enter(-1)).isTrue();
    }

    @Test
    void a_pool_is_wanted_by_one_that_is_about_to_be_accepted() {
        line.expect();
        line.expect();
        assertThat(line.isWanted()).isTrue();
        assertThat(line.isWaiting()).isFalse();
        assertThat(line.come()).isFalse();
        assertThat(line.come()).isTrue();
        assertThat(line.isWanted()).isFalse();
        line.expect();
        line.arrived(0);
        assertThat(line.fetched(line.arrivals(), null)).as("nothing is about to come").isFalse();
        assertThat(line.come()).isTrue();
    }

    @Test
    void there_is_room_for_many_or_none() {
        line.arrived(0);
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
        line.arrived(0);
        line.fetched(line.arrivals(), LATER);
        assertThat(line.room(LATER.minusNanos(1))).isZero();
        assertThat(line.room(LATER)).isEqualTo(Line.WINDOW);
        assertThat(line.nextDue()).isEqualTo(LATER);
    }

    @Test
    void what_comes_while_the_store_is_asked_is_not_forgotten() {
        line.arrived(0);
        long before = line.arrivals();
        line.arrived(0);
        assertThat(line.fetched(before, null)).isFalse();
        assertThat(line.isWaiting()).isTrue();
        assertThat(line.room(NOW)).isPositive();
        assertThat(line.fetched(line.arrivals(), null)).isTrue();
        assertThat(line.isWaiting()).isFalse();
        assertThat(line.room(NOW)).isZero();
    }

    @Test
    void those_that_pause_give_their_places_away_as_long_as_they_are_not_too_many() {
        fill(Line.WINDOW);
        for (int i = 0; i < Line.WINDOW; i++) {
            assertThat(line.rest()).isTrue();
        }
        assertThat(line.isEmpty()).as("so many are in memory all the same").isFalse();
        fill(Line.WINDOW);
        assertThat(line.rest()).isFalse();
        assertThat(line.enter(0)).isFalse();
        line.wake();
        line.leave();
        line.leave();
        assertThat(line.rest()).isTrue();
        assertThat(line.enter(0)).isTrue();
    }

    @Test
    void who_was_run_already_needs_no_place_but_takes_one() {
        fill(Line.WINDOW);
        line.join();
        line.leave();
        assertThat(line.enter(0)).isFalse();
        assertThat(line.isEmpty()).isFalse();
    }
}
