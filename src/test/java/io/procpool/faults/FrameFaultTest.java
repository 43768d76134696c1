package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker writes to its call connection is read as frames or kills the worker, never the pool. F3, F4, F20. */
class FrameFaultTest {
    private static final String LOST = "urn:procpool:problem:worker-lost";
    private static final String BROKEN = "urn:procpool:problem:protocol-error";

    @TempDir private Path folder;

    /** F3: the frame had arrived whole, so the result is kept; the death after it is nobody's. */
    @Test
    void a_result_that_was_written_whole_before_the_kill_is_kept() throws Exception {
        var ledger = folder.resolve("ledger");
        try (var pool = FaultPool.of(1)) {
            pool.awaitWorkers(1);
            var big = "x".repeat(100_000); // more than a reader takes at once
            for (var text : new String[] {"42", big}) {
                var job =
                        pool.run(
                                "faults.answer_and_die",
                                "[\"" + ledger + "\", \"\\\"" + text + "\\\"\"]");
                assertThat(job.path("state").asString()).isEqualTo("succeeded");
                assertThat(job.path("attempts").size()).isEqualTo(1);
                assertThat(pool.valueOf(job)).isEqualTo("\"" + text + "\"");
                pool.requireWorks();
            }
            assertThat(FaultPool.lines(ledger)).containsExactly("run", "run");
            assertThat(pool.exits("crash_signal")).isEqualTo(2);
        }
    }

    /** F4: cut within the length, within the fixed part, and one byte before the end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 17, 18})
    void a_result_that_was_cut_by_the_kill_is_discarded(int count) {
        try (var pool = FaultPool.of(1)) {
            var problem =
                    pool.run("faults.answer_in_part_and_die", "[" + count + "]").path("problem");
            assertThat(problem.path("type").asString()).isEqualTo(LOST);
            assertThat(problem.path("signal").asInt()).isEqualTo(9);
            pool.requireWorks();
        }
    }

    /** F20: no frame at all, a frame too long to be one, a header that is none. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\\r\\n\\r\\n",
                "\\u00ff\\u00ff\\u00ff\\u00ff\\u0004\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0002\\u0000\\u0000\\u0000\\u0000",
                "\\u0000\\u0000\\u0000\\u000f\\u0004\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0002\\u0000\\u0000\\u0000\\u0002{]"
            })
    void garbage_on_the_call_connection_is_a_protocol_error_and_ends_the_worker(String garbage)
            throws Exception {
        try (var pool = FaultPool.of(1)) {
            long before = pool.awaitWorkers(1).getFirst();
            var job = pool.run("faults.write_garbage", "[\"" + garbage + "\"]");
            assertThat(job.path("problem").path("type").asString()).isEqualTo(BROKEN);
            var attempt = job.path("attempts").path(0);
            assertThat(attempt.path("signal").asInt()).isEqualTo(15);
            assertThat(attempt.path("output_tail").asString()).contains("garbage follows");
            assertThat(pool.awaitWorkers(1)).doesNotContain(before);
            pool.requireWorks();
            assertThat(pool.exits("protocol_error")).isEqualTo(1);
        }
    }

    /** F20: after its task, when the worker is idle. */
    @Test
    void garbage_of_an_idle_worker_ends_the_worker_and_nothing_else() throws Exception {
        var go = folder.resolve("go");
        try (var pool = FaultPool.of(1)) {
            var before = pool.value("faults.write_garbage_after", "[\"" + go + "\"]");
            Files.createFile(go);
            pool.awaitReplaced(Long.parseLong(before));
            assertThat(pool.value("tasks.pid", "[]")).isNotEqualTo(before);
            assertThat(pool.exits("protocol_error")).isEqualTo(1);
        }
    }

    @Test
    void an_answer_to_another_call_is_a_protocol_error() {
        try (var pool = FaultPool.of(1)) {
            var problem = pool.run("faults.answer_for_another_call", "[]").path("problem");
            assertThat(problem.path("type").asString()).isEqualTo(BROKEN);
            pool.requireWorks();
        }
    }

    /** F3: two answers and one outcome, whichever call the second one is in the way of. */
    @Test
    void a_second_answer_does_not_become_the_answer_of_the_next_call() {
        try (var pool = FaultPool.of(1)) {
            assertThat(pool.value("faults.answer_twice", "[]")).isEqualTo("\"first\"");
            var next = pool.run("tasks.add", "[1]");
            var type = next.path("problem").path("type").asString("");
            assertThat(next.path("state").asString().equals("succeeded") || type.equals(BROKEN))
                    .as("%s", next)
                    .isTrue();
            pool.requireWorks();
        }
    }

    @Test
    void a_task_that_closes_the_connection_loses_its_worker() {
        try (var pool = FaultPool.of(1)) {
            var problem = pool.run("faults.close_descriptors", "[]").path("problem");
            assertThat(problem.path("type").asString()).isEqualTo(LOST);
            assertThat(problem.path("output_tail").asString()).contains("closing all");
            pool.requireWorks();
        }
    }
}
