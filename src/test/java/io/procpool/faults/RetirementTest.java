package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that have to go, though nothing is wrong with their task. F9, F23. */
class RetirementTest {
    private static final int LIMIT = 48 << 20;
    private static final String LIMITED = ", \"max_memory_per_child\": " + LIMIT;

    /** F9: above the limit and below its double. */
    @Test
    void a_worker_that_has_grown_is_replaced_after_its_task() throws Exception {
        try (var pool = FaultPool.of(1, LIMITED)) {
            pool.awaitWorkers(1);
            assertThat(pool.exits("max_memory_soft")).isZero();
            var job = pool.run("faults.keep_memory", "[" + LIMIT * 3L / 2 + "]");
            assertThat(job.path("state").asString()).isEqualTo("succeeded");
            long grown = job.path("attempts").path(0).path("pid").asLong();
            pool.awaitReplaced(grown);
            Waiting.until("it is gone", () -> !Processes.alive(grown));
            pool.requireWorks();
            Waiting.until("its end is counted", () -> pool.exits("max_memory_soft") == 1);
        }
    }

    /** F9: a task that takes more than the double is not waited for. */
    @Test
    void a_task_that_takes_twice_the_limit_loses_its_worker() {
        try (var pool = FaultPool.of(1, LIMITED)) {
            var job = pool.run("faults.keep_memory_and_wait", "[" + LIMIT * 3L + "]");
            var problem = job.path("problem");
            assertThat(problem.path("type").asString())
                    .isEqualTo("urn:procpool:problem:worker-lost");
            assertThat(problem.path("reason").asString()).isEqualTo("max_memory_hard");
            assertThat(problem.path("signal").asInt()).isEqualTo(9);
            assertThat(problem.path("output_tail").asString()).contains("holding");
            assertThat(job.path("attempts").path(0).path("peak_rss").asLong())
                    .isGreaterThan(2L * LIMIT);
            pool.requireWorks();
        }
    }

    /** F23: every worker leaves after one task, and none wants to. */
    @ParameterizedTest
    @ValueSource(strings = {"faults.leak_thread", "faults.hang_at_exit"})
    void a_worker_that_does_not_end_when_it_is_asked_to_is_killed(String func) throws Exception {
        try (var pool = FaultPool.of(1, ", \"maxtasksperchild\": 1, \"grace\": 0.3")) {
            List<Long> pids = new ArrayList<>();
            for (int task = 0; task < 4; task++) {
                pids.add(Long.valueOf(pool.value(func, "[]")));
            }
            assertThat(pids).doesNotHaveDuplicates();
            Waiting.until("all are gone", () -> pids.stream().noneMatch(Processes::alive));
            Waiting.until("all are counted", () -> pool.exits("max_tasks") == 4);
            pool.requireWorks();
        }
    }
}
