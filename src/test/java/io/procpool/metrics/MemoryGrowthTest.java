package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who leaks is named, and by how much; who does not is not. */
class MemoryGrowthTest {
    private static final long MIB = 1 << 20;
    private static final long PID = 1;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Map<Long, Long> sizes = new HashMap<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();
    private final MemoryGrowth growth = new MemoryGrowth(this::look, nanos::get);
    private final FunctionMeters leaky = function("m.leaky");
    private final FunctionMeters clean = function("m.clean");

    private OptionalLong look(long pid) {
        looks.incrementAndGet();
        var size = sizes.get(pid);
        return size == null ? OptionalLong.empty() : OptionalLong.of(size);
    }

    private FunctionMeters function(String name) {
        return new FunctionMeters(new Shelf(registry, Tags.of("function", name)));
    }

    private void run(long pid, FunctionMeters function, long grows) {
        sizes.merge(pid, grows, Long::sum);
        nanos.addAndGet(Duration.ofMillis(10).toNanos());
        growth.ran(pid, function);
    }

    private double shown(String name) {
        return registry.get("procpool.worker.memory.growth.bytes.per.task")
                .tags("function", name)
                .gauge()
                .value();
    }

    @Test
    void a_leak_is_known_to_the_byte_where_one_function_runs_alone() {
        for (int task = 0; task < 100; task++) {
            run(PID, leaky, MIB);
        }
        assertThat(shown("m.leaky")).isEqualTo(MIB, within(1.0));
    }

    @Test
    void the_leak_of_one_is_not_its_neighbours_in_the_same_worker() {
        var random = new Random(1);
        for (int task = 0; task < 10_000; task++) {
            boolean leaks = random.nextInt(3) == 0;
            run(PID, leaks ? leaky : clean, leaks ? MIB : 0);
        }
        assertThat(shown("m.leaky")).isEqualTo(MIB, within(MIB * 0.2));
        assertThat(shown("m.clean")).isEqualTo(0, within(MIB * 0.1));
    }

    @Test
    void a_slow_leak_that_shows_in_steps_is_seen_as_its_mean() {
        for (int task = 1; task <= 100_000; task++) {
            run(PID, leaky, task % 100 == 0 ? MIB : 0);
        }
        assertThat(shown("m.leaky")).isEqualTo(MIB / 100.0, within(MIB / 1_000.0));
    }

    @Test
    void what_the_first_task_of_a_worker_loads_is_no_leak() {
        for (long pid = 1; pid <= 20; pid++) {
            run(pid, clean, 50 * MIB);
            run(pid, clean, 0);
            run(pid, clean, 0);
            growth.gone(pid);
        }
        assertThat(shown("m.clean")).isZero();
    }

    @Test
    void workers_that_live_for_a_few_tasks_only_are_looked_at_too() {
        for (long pid = 1; pid <= 20; pid++) {
            for (int task = 0; task < 3; task++) {
                run(pid, leaky, MIB);
            }
            growth.gone(pid);
        }
        assertThat(shown("m.leaky")).isEqualTo(MIB, within(1.0));
    }

    @Test
    void a_function_that_was_mended_is_forgiven() {
        for (int task = 0; task < 1_000; task++) {
            run(PID, leaky, MIB);
        }
        for (int task = 0; task < 20_000; task++) {
            run(PID, leaky, 0);
        }
        assertThat(shown("m.leaky")).isEqualTo(0, within(MIB / 100.0));
    }

    @Test
    void a_worker_is_looked_at_seldom() {
        sizes.put(PID, 0L);
        for (int task = 0; task < 1 << 16; task++) {
            growth.ran(PID, clean); // no time passes
        }
        assertThat(looks).hasValueBetween(2, 34);
    }

    @Test
    void where_nothing_is_known_of_memory_nothing_is_said() {
        for (int task = 0; task < 10; task++) {
            growth.ran(PID, clean);
        }
        assertThat(registry.find("procpool.worker.memory.growth.bytes.per.task").gauges())
                .isEmpty();
    }
}
