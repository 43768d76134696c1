package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The label of functions is bounded, and those that are gone give their places back. */
class FunctionsTest {
    private static final Duration LATER = Duration.ofMinutes(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Shelf shelf = new Shelf(registry, Tags.of("pool", "p"));
    private final Set<String> catalogue = ConcurrentHashMap.newKeySet();
    private final AtomicLong nanos = new AtomicLong();
    private final Functions functions = new Functions(catalogue::contains, shelf, nanos::get);

    private Set<String> labels() {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("function"))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    private void know(int first, int end) {
        IntStream.range(first, end).forEach(n -> catalogue.add("m.f" + n));
    }

    private void run(String name) {
        functions.of(name).started(Duration.ofMillis(1));
    }

    @Test
    void after_two_hundred_functions_the_others_are_one() {
        know(0, 2_000);
        var telling =
                IntStream.range(0, 4)
                        .mapToObj(
                                thread ->
                                        CompletableFuture.runAsync(
                                                () ->
                                                        IntStream.range(0, 500)
                                                                .forEach(
                                                                        n ->
                                                                                run(
                                                                                        "m.f"
                                                                                                + (n
                                                                                                                * 4
                                                                                                        + thread)))))
                        .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(telling).join();
        assertThat(labels()).contains(Functions.OTHER).hasSize(Functions.MOST + 1);
        long tasks =
                registry.get("procpool.task.queue.wait").timers().stream()
                        .mapToLong(timer -> timer.count())
                        .sum();
        assertThat(tasks).as("none is lost").isEqualTo(2_000);
    }

    @Test
    void a_name_that_the_catalogue_does_not_have_is_no_label() {
        run("made.up");
        assertThat(labels()).containsExactly(Functions.OTHER);
    }

    @Test
    void functions_that_are_gone_give_their_places_back_when_they_are_needed() {
        know(0, 200);
        IntStream.range(0, 200).forEach(n -> run("m.f" + n));
        IntStream.range(0, 50).forEach(n -> catalogue.remove("m.f" + n));
        know(200, 230);
        nanos.addAndGet(LATER.toNanos());
        IntStream.range(200, 230).forEach(n -> run("m.f" + n));
        assertThat(labels())
                .contains("m.f229", "m.f50")
                .doesNotContain("m.f0", "m.f49")
                .hasSize(Functions.MOST + 1 - 50 + 30);
    }

    @Test
    void a_function_that_is_still_known_keeps_its_place() {
        know(0, 201);
        IntStream.range(0, 200).forEach(n -> run("m.f" + n));
        nanos.addAndGet(LATER.toNanos());
        run("m.f200");
        assertThat(labels()).contains("m.f0").doesNotContain("m.f200");
    }

    @Test
    void what_is_late_counts_nowhere() {
        know(0, 1);
        var late = functions.of("m.f0");
        functions.close();
        late.started(Duration.ZERO);
        functions.of("m.f0").started(Duration.ZERO);
        assertThat(registry.getMeters()).isEmpty();
    }
}
