package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Workers that come and go by the specification of their pool. F9, F34. */
interface RecyclingContract extends Contract {
    int LIMIT = 128 << 20;

    /** Each worker runs the initializer once, before anything else, and at most three tasks. */
    @Test
    default void a_worker_is_initialized_once_and_leaves_after_its_tasks(@TempDir Path folder)
            throws Exception {
        var ledger = folder.resolve("ledger");
        var start = subject().functions().apply("tasks.start_in");
        var more =
                ",\"maxtasksperchild\":3,\"initializer\":\"%s\",\"initargs\":[\"%s\"]"
                        .formatted(start, ledger);
        try (var pool = pool(2, more)) {
            var items =
                    IntStream.range(0, 12)
                            .mapToObj(item -> "[\"" + ledger + "\"," + item + "]")
                            .collect(Collectors.joining(",", "[", "]"));
            pool.body("starmap", pool.map("tasks.run_in", items, ",\"chunksize\":1"));

            Map<String, Integer> runs = new HashMap<>();
            for (var line : Files.readAllLines(ledger)) {
                var words = line.split(" ", -1);
                if (words[0].equals("init")) {
                    var again = runs.put(words[1], 0);
                    assertThat(again == null || lacks(Trait.OWN_PROCESS)).as(line).isTrue();
                } else {
                    runs.merge(words[1], 1, (a, b) -> runs.containsKey(words[1]) ? a + b : -100);
                    assertThat(runs.get(words[1])).as(line).isPositive();
                    assertThat(runs.get(words[1]) <= 3 || lacks(Trait.OWN_PROCESS)).isTrue();
                }
            }
            long initialized =
                    Files.readAllLines(ledger).stream().filter(l -> l.startsWith("init")).count();
            assertThat(initialized).isGreaterThanOrEqualTo(4);
            Waiting.until("they have left", () -> pool.exits("max_tasks") >= 3);
        }
    }

    private boolean lacks(Trait trait) {
        return subject().lacks().containsKey(trait);
    }

    @Test
    default void a_replacement_is_there_before_the_last_task_has_ended(@TempDir Path folder)
            throws Exception {
        try (var pool = pool(1, ",\"maxtasksperchild\":1")) {
            var go = folder.resolve("go");
            var running = pool.submit("faults.wait_for", go);
            Waiting.until(
                    "two workers", () -> pool.workers("idle", "busy", "starting").size() == 2);
            pool.awaitBusy(1);
            Waiting.until(
                    "the replacement waits",
                    () -> pool.workers("idle", "starting").stream().anyMatch(w -> pid(w) > 0));
            var ready = pool.workers("idle", "starting").getFirst();
            Files.createFile(go);
            assertThat(pool.await(running).path("state").asString()).isEqualTo("succeeded");
            assertThat(pool.servingPid()).isEqualTo(pid(ready));
        }
    }

    private static long pid(JsonNode worker) {
        return worker.path("pid").asLong();
    }

    @Test
    default void a_worker_that_has_grown_is_replaced_after_its_task() throws Exception {
        require(Trait.OWN_PROCESS);
        try (var pool = pool(1, ",\"max_memory_per_child\":" + LIMIT)) {
            var job = pool.run("faults.keep_memory", "[" + LIMIT / 2 * 3L + "]", "");
            assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
            long grown = job.path("attempts").path(0).path("pid").asLong();
            Waiting.until("it is gone", () -> !Processes.alive(grown));
            pool.requireWorks();
            Waiting.until("its end is counted", () -> pool.exits("max_memory_soft") >= 1);
        }
    }

    @Test
    default void a_task_that_takes_twice_the_limit_loses_its_worker() {
        require(Trait.OWN_PROCESS);
        try (var pool = pool(1, ",\"max_memory_per_child\":" + LIMIT)) {
            var job = pool.run("faults.keep_memory_and_wait", "[" + LIMIT * 3L + "]", "");
            var problem = job.path("problem");
            assertThat(problem.path("type").asString())
                    .as(job.toString())
                    .isEqualTo(ContractPool.PROBLEM + "worker-lost");
            assertThat(problem.path("reason").asString()).isEqualTo("max_memory_hard");
            assertThat(problem.path("signal").asInt()).isEqualTo(9);
            pool.requireWorks();
        }
    }

    @Test
    default void a_worker_with_nothing_to_do_leaves_and_comes_back_when_it_is_needed()
            throws Exception {
        try (var pool = pool(1, ",\"idle_timeout\":0.2")) {
            pool.requireWorks();
            Waiting.until("it has left", () -> pool.workers("idle", "busy").isEmpty());
            Waiting.until("it is counted", () -> pool.exits("idle") >= 1);
            pool.requireWorks();
            assertThat(pool.state().path("health").path("status").asString()).isEqualTo("ok");
        }
    }

    @Test
    default void a_pool_grows_and_shrinks_and_tells_new_workers_from_old() throws Exception {
        try (var pool = pool(1, "")) {
            pool.awaitWorkers(1);
            pool.patch("{\"processes\":3}");
            var three = pool.awaitWorkers(3);
            assertThat(new HashSet<>(three)).hasSize(lacks(Trait.OWN_PROCESS) ? 1 : 3);
            pool.patch("{\"processes\":1}");
            pool.awaitWorkers(1);
            pool.requireWorks();
        }
    }
}
