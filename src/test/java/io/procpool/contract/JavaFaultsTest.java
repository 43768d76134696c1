package io.procpool.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What can go wrong in a JVM and nowhere else. F5, F6, F8, F18, F19, F21, F23. */
class JavaFaultsTest {
    private static final int TAIL = 64 << 10;

    private static ContractPool pool;

    @BeforeAll
    static void make_a_pool() {
        pool = new ContractPool(Subject.javaProcesses(), "java-faults", 1, "");
    }

    @AfterAll
    static void delete_it() {
        pool.close();
    }

    private static JsonNode problem(String func, String args, String type) {
        var job = pool.run(func, args, "");
        var problem = job.path("problem");
        assertThat(problem.path("type").asString())
                .as(job.toString())
                .isEqualTo(ContractPool.PROBLEM + type);
        return problem;
    }

    /** F6: there is no way to stop it, so it is the end of the worker, with its status. */
    @ParameterizedTest
    @ValueSource(ints = {0, 7})
    void system_exit_in_a_task_loses_the_worker(int status) {
        var problem = problem("tasks.leave", "[" + status + "]", "worker-lost");
        assertThat(problem.path("exitcode").asInt(-1)).isEqualTo(status);
        assertThat(problem.path("reason").asString()).isEqualTo("crash_exit");
        pool.requireWorks();
    }

    /** F8: whatever else the heap held may be half done. */
    @Test
    void memory_that_there_is_not_fails_the_task_and_its_worker_is_replaced() throws Exception {
        var before = pool.servingPid();
        var exception =
                problem("faults.ask_for_too_much", "[]", "function-raised").path("exception");
        assertThat(exception.path("type").asString()).isEqualTo("java.lang.OutOfMemoryError");
        assertThat(pool.servingPid()).isNotEqualTo(before);
        Waiting.until("it is gone", () -> !Processes.alive(before));
    }

    @ParameterizedTest
    @CsvSource({
        "faults.recurse, [0], java.lang.StackOverflowError",
        "faults.raise_error, [], java.lang.AssertionError",
        "faults.raise_unspeakable, [], functions.Faults$Unspeakable"
    })
    void an_error_that_is_no_exception_fails_the_task_and_the_worker_survives_it(
            String func, String args, String type) {
        var before = pool.servingPid();
        var exception = problem(func, args, "function-raised").path("exception");
        assertThat(exception.path("type").asString()).isEqualTo(type);
        assertThat(pool.servingPid()).isEqualTo(before);
    }

    /** F5: what the JVM says of its crash is in the output, and nowhere else. */
    @Test
    void a_crash_shows_where_it_was_and_leaves_no_file() throws Exception {
        var before = files();
        var problem = problem("faults.crash", "[\"segfault\"]", "worker-lost");
        assertThat(problem.path("signal").asInt()).isIn(6, 11);
        assertThat(problem.path("output_tail").asString())
                .contains("crash by segfault", "SIGSEGV", "functions.Tasks.segfault");
        problem("faults.crash", "[\"abort\"]", "worker-lost");
        assertThat(files()).isEqualTo(before);
        pool.requireWorks();
    }

    /** Where a JVM or the kernel would put them. */
    private static List<String> files() throws IOException {
        try (var here = Files.list(Path.of(""));
                var scratch = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return Stream.concat(here, scratch)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("hs_err") || name.startsWith("core"))
                    .sorted()
                    .toList();
        }
    }

    /** F23. */
    @ParameterizedTest
    @ValueSource(strings = {"faults.leak_thread", "faults.hang_at_exit", "faults.stop_listening"})
    void a_worker_that_does_not_want_to_end_is_killed_when_it_has_to(String func) throws Exception {
        try (var own =
                new ContractPool(
                        Subject.javaProcesses(),
                        "java-" + func.substring(7),
                        1,
                        ",\"maxtasksperchild\":1")) {
            long stays = Long.parseLong(own.value(func, "[]"));
            Waiting.until("it is gone", () -> !Processes.alive(stays));
            Waiting.until("it is counted", () -> own.exits("max_tasks") == 1);
            own.requireWorks();
        }
    }

    /** F18: one text without an end of line, as fast as it goes. */
    @Test
    void a_flood_of_output_keeps_its_end_and_fills_no_memory() {
        pool.requireWorks();
        long before = usedHeap();
        var job = pool.run("faults.flood", "[1.0]", ",\"timeout\":60");
        assertThat(job.path("state").asString()).isEqualTo("succeeded");
        var attempt = job.path("attempts").path(0);
        assertThat(attempt.path("output_truncated").asBoolean()).isTrue();
        var tail = attempt.path("output_tail").asString();
        assertThat(tail.getBytes(UTF_8)).hasSize(TAIL);
        assertThat(tail).endsWith("xxthe end");
        assertThat(usedHeap() - before).isLessThan(64L << 20);
        pool.requireWorks();
    }

    private static long usedHeap() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** F19. */
    @Test
    void closed_and_replaced_streams_are_open_again_for_the_next_task() {
        for (var func : List.of("faults.close_streams", "faults.replace_streams")) {
            var worker = pool.value(func, "[]");
            var job = pool.run("tasks.say", "[\"still here\"]", "");
            var attempt = job.path("attempts").path(0);
            assertThat(attempt.path("pid").asString()).isEqualTo(worker);
            assertThat(attempt.path("output_tail").asString()).isEqualTo("still here\n");
        }
        assertThat(pool.value("faults.read_stdin", "[]")).isEqualTo("-1");
    }

    /** F44: what a task changes that the worker can put back. */
    @Test
    void the_next_task_finds_locale_zone_and_class_loader_as_they_were() {
        var before = pool.value("faults.surroundings", "[]");
        assertThat(pool.value("faults.change_surroundings", "[]")).isEqualTo("null");
        assertThat(pool.value("faults.surroundings", "[]")).isEqualTo(before);
    }

    @Test
    void what_other_threads_and_child_processes_print_is_the_tasks() {
        var attempts =
                Arrays.asList(
                        pool.run("faults.speak_elsewhere", "[\"spoken\"]", ""),
                        pool.run("faults.speak_by_child", "[\"spoken\"]", ""));
        assertThat(attempts)
                .allSatisfy(
                        job ->
                                assertThat(
                                                job.path("attempts")
                                                        .path(0)
                                                        .path("output_tail")
                                                        .asString())
                                        .as(job.toString())
                                        .isEqualTo("spoken\n"));
    }
}
