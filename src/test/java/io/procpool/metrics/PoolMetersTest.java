package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.procpool.payload.Payload;
import io.procpool.pool.ExitReason;
import io.procpool.pool.Outcome;
import io.procpool.pool.Pool;
import io.procpool.pool.PoolListener.Exited;
import io.procpool.pool.PoolListener.Ran;
import io.procpool.pool.PoolListener.Started;
import io.procpool.pool.Pools;
import io.procpool.pool.Run;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal;
import io.procpool.service.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The figures of what a pool tells, with labels that are bounded. */
class PoolMetersTest {
    private static final String POOL = Pools.DEFAULT;
    private static final String FUNC = "math.sqrt";
    private static final long PID = 1;
    private static final Outcome DONE = new Outcome.Returned(Payload.ofUtf8("1.0"), List.of());

    private final Pool pool = Service.shared().bean(Pools.class).require(POOL);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Books books = new Books(registry);
    private final PoolMeters meters = new PoolMeters(books);

    @BeforeEach
    void open() {
        pool.requireFunction(FUNC); // its catalogue is there
        meters.opened(pool);
    }

    private static Ran ran(Outcome outcome, Duration took, double cpuSeconds) {
        var now = Instant.EPOCH;
        var run = new Run(PID, 1, now, now, null, null, cpuSeconds, 9 << 20, "", false);
        return new Ran(POOL, FUNC, 40, took, outcome, run);
    }

    private static Exited exited(ExitReason reason) {
        return new Exited(POOL, PID, reason, 3, Duration.ofSeconds(7));
    }

    private double count(String name, String... labels) {
        return registry.get(name).tags("pool", POOL).tags(labels).counter().count();
    }

    @Test
    void tasks_are_counted_and_timed_by_pool_function_and_outcome() {
        meters.taskStarted(POOL, FUNC, Duration.ofMillis(20));
        meters.taskEnded(ran(DONE, Duration.ofMillis(300), 0.25));
        meters.taskEnded(ran(DONE, Duration.ofMillis(500), 0.5));
        meters.taskEnded(ran(new Outcome.Failed(new Failure.Cancelled()), Duration.ZERO, 0));
        var succeeded =
                registry.get("procpool.task.execution")
                        .tags("pool", POOL, "function", FUNC, "outcome", "succeeded")
                        .timer();
        assertThat(succeeded.count()).isEqualTo(2);
        assertThat(succeeded.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(800);
        assertThat(count("procpool.tasks.finished", "function", FUNC, "outcome", "succeeded"))
                .isEqualTo(2);
        assertThat(count("procpool.tasks.finished", "function", FUNC, "outcome", "cancelled"))
                .isEqualTo(1);
        assertThat(
                        registry.get("procpool.task.queue.wait")
                                .tags("pool", POOL, "function", FUNC)
                                .timer()
                                .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(20);
    }

    @Test
    void what_a_task_used_is_measured_where_its_worker_has_told() {
        meters.taskEnded(ran(DONE, Duration.ofSeconds(1), 0.25));
        meters.taskEnded(ran(new Outcome.Failed(new Failure.Cancelled()), Duration.ZERO, 3));
        var cpu = registry.get("procpool.task.cpu").tags("function", FUNC).summary();
        assertThat(cpu.count()).isEqualTo(1);
        assertThat(cpu.totalAmount()).isEqualTo(0.25);
        assertThat(registry.get("procpool.task.peak.rss").tags("function", FUNC).summary().max())
                .isEqualTo(9 << 20);
        assertThat(registry.get("procpool.payload").tags("direction", "in").summary().totalAmount())
                .isEqualTo(80);
        var out = registry.get("procpool.payload").tags("direction", "out").summary();
        assertThat(out.count()).isEqualTo(1);
        assertThat(out.totalAmount()).isEqualTo(3);
    }

    @Test
    void what_counts_by_itself_goes_on_when_memory_was_collected() {
        meters.taskEnded(ran(DONE, Duration.ofSeconds(1), 1.5));
        System.gc();
        meters.taskEnded(ran(DONE, Duration.ofSeconds(1), 0.5));
        assertThat(registry.get("procpool.worker.cpu").functionCounter().count())
                .isEqualTo(2, within(1e-9));
    }

    /** The exit report of a worker that was lost has the time of its whole life: its tasks' are in it. */
    @Test
    void no_cpu_time_of_a_worker_is_counted_twice() {
        meters.taskEnded(ran(DONE, Duration.ofSeconds(1), 1.5));
        meters.taskEnded(ran(DONE, Duration.ofSeconds(1), 0.5));
        meters.taskEnded(ran(new Outcome.Failed(new Failure.Cancelled()), Duration.ZERO, 5));
        meters.workerExited(exited(ExitReason.CANCEL));
        assertThat(registry.get("procpool.worker.cpu").functionCounter().count())
                .isEqualTo(5, within(1e-9));
        meters.taskEnded(ran(DONE, Duration.ofSeconds(1), 1));
        assertThat(registry.get("procpool.worker.cpu").functionCounter().count())
                .as("the next worker with that pid is another one")
                .isEqualTo(6, within(1e-9));
    }

    @Test
    void workers_are_counted_by_how_they_came_and_why_they_went() {
        meters.workerStarted(new Started(POOL, "forkserver", Duration.ofMillis(7), null));
        meters.workerStarted(
                new Started(POOL, "spawn", Duration.ofMillis(90), Duration.ofMillis(30)));
        meters.workerStarted(new Started(POOL, "thread", Duration.ofMillis(1), null));
        meters.workerStarted(new Started(POOL, Started.SPARE, Duration.ofMillis(1), null));
        meters.workerStartFailed(POOL);
        meters.workerExited(exited(ExitReason.CRASH_SIGNAL));
        meters.workerExited(exited(ExitReason.CRASH_SIGNAL));
        meters.workerExited(exited(ExitReason.INIT_FAILED));
        for (var kind : List.of("zygote", "cold", "spare", "thread")) {
            assertThat(count("procpool.worker.starts", "kind", kind)).as(kind).isEqualTo(1);
        }
        assertThat(registry.get("procpool.worker.start").tags("kind", "cold").timer().count())
                .isEqualTo(1);
        assertThat(registry.get("procpool.worker.init").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(30);
        assertThat(count("procpool.worker.start.failures")).isEqualTo(1);
        assertThat(count("procpool.worker.init.failures")).isEqualTo(1);
        assertThat(count("procpool.worker.exits", "reason", "crash_signal")).isEqualTo(2);
        assertThat(registry.get("procpool.worker.lifetime").summary().totalAmount()).isEqualTo(21);
        assertThat(registry.get("procpool.worker.lifetime.tasks").summary().totalAmount())
                .isEqualTo(9);
    }

    @Test
    void a_forgotten_pool_has_no_figures_and_gets_none_any_more() {
        var elsewhere = registry.getMeters().stream().filter(it -> isOf(it, "_unknown")).toList();
        meters.taskStarted(POOL, FUNC, Duration.ZERO);
        meters.forgotten(pool);
        assertThat(registry.getMeters()).hasSameElementsAs(elsewhere);
        meters.taskEnded(ran(DONE, Duration.ZERO, 1));
        meters.workerExited(exited(ExitReason.TERMINATE));
        assertThat(registry.getMeters())
                .as("its last workers are still ending")
                .hasSameElementsAs(elsewhere);
        meters.opened(pool);
        assertThat(count("procpool.worker.exits", "reason", "terminate")).isZero();
        assertThat(registry.get("procpool.workers").tags("state", "idle").gauge().value())
                .isNotNegative();
    }

    private static boolean isOf(Meter meter, String pool) {
        return pool.equals(meter.getId().getTag("pool"));
    }

    @Test
    void every_reason_and_every_outcome_is_there_at_zero_from_the_begin() {
        for (var reason : ExitReason.values()) {
            assertThat(count("procpool.worker.exits", "reason", reason.label())).isZero();
        }
        for (var reason : Labels.REASONS) {
            assertThat(count("procpool.jobs.rejected", "reason", reason)).isZero();
        }
        for (var outcome : Labels.TASK_OUTCOMES) {
            assertThat(count("procpool.tasks.finished", "outcome", outcome)).isZero();
        }
        for (var outcome : Labels.JOB_OUTCOMES) {
            assertThat(count("procpool.jobs.finished", "outcome", outcome)).isZero();
        }
        for (var result : List.of("too_late", "not_begun", "soft_ok", "hard_kill")) {
            assertThat(count("procpool.cancel.requests", "result", result)).isZero();
        }
    }

    @Test
    void a_pool_that_nobody_has_is_no_label() {
        books.rejected("made up", new Refusal.PoolUnknown("made up"));
        assertThat(
                        registry.get("procpool.jobs.rejected")
                                .tags("pool", "_unknown", "reason", "pool_unknown")
                                .counter()
                                .count())
                .isEqualTo(1);
        assertThat(registry.getMeters()).noneMatch(meter -> isOf(meter, "made up"));
    }

    @Test
    void no_label_is_one_of_a_single_process_or_job() {
        meters.taskStarted(POOL, FUNC, Duration.ZERO);
        meters.taskEnded(ran(DONE, Duration.ZERO, 0));
        meters.workerStarted(new Started(POOL, "spawn", Duration.ZERO, null));
        meters.workerExited(exited(ExitReason.IDLE));
        assertThat(
                        registry.getMeters().stream()
                                .map(Meter::getId)
                                .flatMap(id -> id.getTags().stream())
                                .map(Tag::getKey))
                .isSubsetOf(
                        "pool",
                        "le",
                        "function",
                        "verb",
                        "outcome",
                        "state",
                        "reason",
                        "kind",
                        "result",
                        "priority",
                        "direction",
                        "stat");
    }
}
