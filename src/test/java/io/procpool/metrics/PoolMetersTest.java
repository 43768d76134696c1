package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.procpool.payload.Payload;
import io.procpool.pool.ExitReason;
import io.procpool.pool.Outcome;
import io.procpool.pool.Pool;
import io.procpool.pool.Pools;
import io.procpool.problem.Failure;
import io.procpool.service.Service;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The figures of what a pool tells, with labels that are bounded. */
class PoolMetersTest {
    private static final Outcome DONE = new Outcome.Returned(Payload.ofUtf8("1"), List.of());

    private static final String POOL = Pools.DEFAULT;

    private final Pool pool = Service.shared().bean(Pools.class).require(POOL);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PoolMeters meters = new PoolMeters(registry);

    @BeforeEach
    void open() {
        meters.opened(pool);
    }

    private Set<String> labels(String key) {
        return registry.getMeters().stream()
                .map(meter -> meter.getId().getTag(key))
                .filter(java.util.Objects::nonNull)
                .collect(Collectors.toSet());
    }

    @Test
    void tasks_are_counted_and_timed_by_pool_function_and_outcome() {
        meters.taskStarted(POOL, "m.f", Duration.ofMillis(20));
        meters.taskEnded(POOL, "m.f", DONE, Duration.ofMillis(300));
        meters.taskEnded(POOL, "m.f", DONE, Duration.ofMillis(500));
        meters.taskEnded(POOL, "m.f", new Outcome.Failed(new Failure.Cancelled()), Duration.ZERO);
        var succeeded =
                registry.get("procpool.task.execution")
                        .tags("pool", POOL, "function", "m.f", "outcome", "succeeded")
                        .timer();
        assertThat(succeeded.count()).isEqualTo(2);
        assertThat(succeeded.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(800);
        assertThat(
                        registry.get("procpool.task.execution")
                                .tags("outcome", "cancelled")
                                .timer()
                                .count())
                .isEqualTo(1);
        assertThat(
                        registry.get("procpool.task.queue.wait")
                                .tags("pool", POOL, "function", "m.f")
                                .timer()
                                .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(20);
    }

    @Test
    void workers_are_counted_by_how_they_came_and_why_they_went() {
        meters.workerStarted(POOL, Duration.ofMillis(7));
        meters.workerStartFailed(POOL);
        meters.workerExited(POOL, ExitReason.CRASH_SIGNAL, 3, Duration.ofSeconds(1));
        meters.workerExited(POOL, ExitReason.CRASH_SIGNAL, 0, Duration.ofSeconds(1));
        meters.workerExited(POOL, ExitReason.MAX_TASKS, 3, Duration.ofSeconds(1));
        assertThat(
                        registry.get("procpool.worker.exits")
                                .tags("pool", POOL, "reason", "crash_signal")
                                .counter()
                                .count())
                .isEqualTo(2);
        assertThat(registry.get("procpool.worker.start").timer().count()).isEqualTo(1);
        assertThat(registry.get("procpool.worker.start.failures").counter().count()).isEqualTo(1);
    }

    @Test
    void after_two_hundred_functions_the_others_are_one() {
        var telling =
                IntStream.range(0, 4)
                        .mapToObj(
                                thread ->
                                        CompletableFuture.runAsync(
                                                () -> {
                                                    for (int i = 0; i < 500; i++) {
                                                        var func = "m.f" + (i * 4 + thread);
                                                        meters.taskStarted(
                                                                POOL, func, Duration.ZERO);
                                                        meters.taskEnded(
                                                                POOL, func, DONE, Duration.ZERO);
                                                    }
                                                }))
                        .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(telling).join();
        // A few more may have come in while the others were counted: one for each thread.
        assertThat(labels("function")).contains("_other").hasSizeBetween(201, 204);
        long tasks =
                registry.get("procpool.task.execution").timers().stream()
                        .mapToLong(timer -> timer.count())
                        .sum();
        assertThat(tasks).as("none is lost").isEqualTo(2_000);
        meters.taskStarted(POOL, "m.f0", Duration.ZERO);
        assertThat(labels("function")).hasSizeBetween(201, 204);
    }

    @Test
    void a_forgotten_pool_has_no_figures_and_gets_none_any_more() {
        meters.taskStarted(POOL, "m.f", Duration.ZERO);
        meters.workerStarted(POOL, Duration.ZERO);
        meters.forgotten(pool);
        assertThat(registry.getMeters()).isEmpty();
        meters.taskEnded(POOL, "m.f", DONE, Duration.ZERO);
        meters.workerExited(POOL, ExitReason.TERMINATE, 1, Duration.ZERO);
        assertThat(registry.getMeters()).as("its last workers are still ending").isEmpty();
        meters.opened(pool);
        assertThat(registry.get("procpool.worker.start").timer().count()).isZero();
        assertThat(registry.get("procpool.workers").tags("state", "idle").gauge().value())
                .isNotNegative();
    }

    @Test
    void every_reason_of_an_exit_is_there_at_zero_from_the_begin() {
        for (var reason : ExitReason.values()) {
            assertThat(
                            registry.get("procpool.worker.exits")
                                    .tags("pool", POOL, "reason", reason.label())
                                    .counter()
                                    .count())
                    .isZero();
        }
    }

    @Test
    void no_label_is_one_of_a_single_process_or_job() {
        meters.taskStarted(POOL, "m.f", Duration.ZERO);
        meters.taskEnded(POOL, "m.f", DONE, Duration.ZERO);
        meters.workerStarted(POOL, Duration.ZERO);
        meters.workerStartFailed(POOL);
        meters.workerExited(POOL, ExitReason.IDLE, 0, Duration.ZERO);
        assertThat(
                        registry.getMeters().stream()
                                .map(Meter::getId)
                                .flatMap(id -> id.getTags().stream())
                                .map(Tag::getKey))
                .isSubsetOf("pool", "function", "outcome", "state", "reason");
    }
}
