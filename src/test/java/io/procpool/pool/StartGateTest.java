package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartGateTest {
    private static final int FIRST = 4;
    private static final int SLOTS = 64;

    private final StartGate gate = new StartGate();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean wanted = true;

    private CompletableFuture<Boolean> enter() {
        return CompletableFuture.supplyAsync(
                () -> {
                    boolean entered = gate.enter(() -> wanted);
                    if (entered) {
                        inside.incrementAndGet();
                    }
                    return entered;
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    private List<CompletableFuture<Boolean>> enter(int count) {
        return Stream.generate(this::enter).limit(count).toList();
    }

    private void awaitInside(int count) throws InterruptedException {
        Waiting.until(count + " are inside", () -> inside.get() == count);
    }

    @Test
    void pauses_double_from_a_tenth_of_a_second_to_half_a_minute() {
        assertThat(IntStream.rangeClosed(1, 11).mapToObj(StartGate::pause).map(Duration::toMillis))
                .containsExactly(
                        100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 12_800L, 25_600L, 30_000L,
                        30_000L);
        assertThat(StartGate.pause(1_000_000)).isEqualTo(Duration.ofSeconds(30));
    }

    /** With the tests below, which count who is let in, this is F31. */
    @Test
    void what_never_starts_is_tried_at_most_ten_times_in_the_first_minute() {
        for (int together = 1; together <= FIRST; together++) {
            int tries = together;
            long elapsed = StartGate.pause(tries).toMillis();
            while (elapsed < 60_000) {
                tries++;
                elapsed += StartGate.pause(tries).toMillis();
            }
            assertThat(tries).isBetween(2, 10);
        }
    }

    @Test
    void as_long_as_no_worker_has_come_up_a_few_try_together_however_many_are_wanted()
            throws InterruptedException {
        var entering = enter(SLOTS);
        awaitInside(FIRST);
        gate.changed(); // everybody looks again
        assertThat(inside).hasValue(FIRST);
        gate.succeeded();
        CompletableFuture.allOf(entering.toArray(CompletableFuture[]::new)).join();
        assertThat(inside).hasValue(SLOTS);
    }

    @Test
    void after_a_failure_they_try_one_at_a_time() throws InterruptedException {
        enter(SLOTS);
        awaitInside(FIRST);
        for (int i = 0; i < FIRST; i++) {
            assertThat(inside).as("nobody more while %d try", FIRST - i).hasValue(FIRST);
            gate.failed("no");
        }
        for (int tries = FIRST + 1; tries <= FIRST + 2; tries++) {
            awaitInside(tries);
            gate.changed();
            assertThat(inside).as("alone").hasValue(tries);
            gate.failed("no");
        }
        wanted = false;
        gate.changed();
    }

    @Test
    void nobody_tries_before_the_pause_is_over() throws InterruptedException {
        assertThat(gate.enter(() -> true)).isTrue();
        gate.failed("no");
        long failed = System.nanoTime();
        assertThat(gate.enter(() -> true)).isTrue();
        // A lower bound: however slow the machine is, it can't be passed early.
        assertThat(System.nanoTime() - failed)
                .isGreaterThan(StartGate.pause(1).toNanos() - Duration.ofMillis(50).toNanos());
        assertThat(gate.trouble().orElseThrow().untilNextTry()).isZero();
    }

    @Test
    void one_success_opens_the_gate_for_all() throws InterruptedException {
        assertThat(gate.enter(() -> true)).isTrue();
        gate.failed("no");
        var waiting = enter(SLOTS);
        awaitInside(1);
        gate.succeeded();
        CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).join();
        assertThat(gate.trouble()).isEmpty();
    }

    @Test
    void after_a_change_of_what_is_started_a_few_try_first_again() throws InterruptedException {
        enter(1);
        awaitInside(1);
        gate.succeeded();
        gate.doubt();
        enter(SLOTS);
        awaitInside(1 + FIRST);
        gate.changed();
        assertThat(inside).hasValue(1 + FIRST);
        wanted = false;
        gate.changed();
    }

    @Test
    void another_way_to_start_is_tried_at_once_though_the_former_one_paused_for_long()
            throws InterruptedException {
        for (int failure = 0; failure < 12; failure++) {
            gate.failed("no");
        }
        assertThat(gate.trouble().orElseThrow().untilNextTry())
                .isGreaterThan(Duration.ofSeconds(9));
        enter(2);
        assertThat(inside).hasValue(0);
        gate.doubt();
        awaitInside(1);
        gate.succeeded();
        awaitInside(2);
    }

    @Test
    void a_right_that_is_given_back_is_the_next_ones() throws InterruptedException {
        assertThat(gate.enter(() -> true)).isTrue();
        gate.failed("no");
        enter(2);
        awaitInside(1);
        gate.withdrawn();
        awaitInside(2);
        assertThat(gate.trouble().orElseThrow().failures()).isEqualTo(1);
    }

    @Test
    void who_is_not_wanted_any_more_goes_away_from_the_gate() {
        var waiting = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 8; i++) { // pauses of 12 s: nobody gets in by waiting
            gate.failed("no");
        }
        waiting.addAll(enter(3));
        wanted = false;
        gate.changed();
        assertThat(waiting.stream().map(CompletableFuture::join)).containsOnly(false);
        assertThat(gate.enter(() -> false)).isFalse();
    }

    @Test
    void the_trouble_says_why_how_often_and_how_long_it_pauses() {
        assertThat(gate.trouble()).isEmpty();
        gate.failed("first");
        gate.failed("second");
        var trouble = gate.trouble().orElseThrow();
        assertThat(trouble.cause()).isEqualTo("second");
        assertThat(trouble.failures()).isEqualTo(2);
        assertThat(trouble.untilNextTry()).isLessThanOrEqualTo(StartGate.pause(2));
        gate.succeeded();
        assertThat(gate.trouble()).isEmpty();
    }

    @Test
    void one_worker_that_dies_right_after_its_start_is_an_accident() {
        gate.stillborn("gone", System.nanoTime());
        assertThat(gate.trouble()).isEmpty();
        assertThat(gate.enter(() -> true)).as("after a short pause").isTrue();
        assertThat(gate.enter(() -> true)).as("and not alone").isTrue();
    }

    @Test
    void workers_that_die_one_after_another_right_after_their_start_are_trouble() {
        for (int i = 0; i < 3; i++) {
            gate.stillborn("they end", System.nanoTime());
        }
        var trouble = gate.trouble().orElseThrow();
        assertThat(trouble.cause()).isEqualTo("they end");
        assertThat(trouble.failures()).isEqualTo(3);
        gate.succeeded(); // another one comes up: nothing says that it will live
        assertThat(gate.trouble()).isPresent();
        gate.lived();
        assertThat(gate.trouble()).isEmpty();
    }

    @Test
    void workers_of_one_wave_that_die_together_count_once() {
        long started = System.nanoTime();
        for (int i = 0; i < SLOTS; i++) {
            gate.stillborn("killed", started);
        }
        assertThat(gate.trouble()).isEmpty();
        gate.stillborn("killed again", System.nanoTime());
        assertThat(gate.trouble().orElseThrow().failures()).isEqualTo(2);
    }
}
