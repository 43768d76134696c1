package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code kind: thread}, as multiprocessing.dummy: the workers are threads of one process, and what that means when one goes wrong. */
class ThreadPoolTest {
    private static final String LOST = "urn:procpool:problem:worker-lost";
    private static final String TIMED_OUT = "urn:procpool:problem:timed-out";

    @TempDir private Path folder;

    private static FaultPool threads(int count, String more) throws InterruptedException {
        var pool = FaultPool.of(count, ", \"kind\": \"thread\", \"grace\": 0.3" + more);
        pool.awaitWorkers(count);
        return pool;
    }

    private static FaultPool threads(int count) throws InterruptedException {
        return threads(count, "");
    }

    @Test
    void the_workers_are_threads_of_one_process_and_run_at_the_same_time() throws Exception {
        try (var pool = threads(4)) {
            assertThat(new HashSet<>(pool.pids("idle"))).hasSize(1);
            assertThat(pool.state().path("kind").asString()).isEqualTo("thread");
            var jobs =
                    IntStream.range(0, 4)
                            .mapToObj(_ -> pool.submit("companions.meet", "[\"four\", 4]"))
                            .toList();
            for (var job : jobs) {
                assertThat(pool.valueOf(pool.await(job)))
                        .isEqualTo(pool.pids("idle", "busy").getFirst().toString());
            }
        }
    }

    @Test
    void each_thread_runs_the_initializer_and_has_what_it_left_in_thread_local_storage()
            throws Exception {
        try (var pool =
                threads(3, ", \"initializer\": \"companions.set_up\", \"initargs\": [\"é\"]")) {
            for (int call = 0; call < 12; call++) {
                assertThat(pool.value("companions.mine", "[]")).isEqualTo("[\"é\",true]");
            }
        }
    }

    @Test
    void what_threads_print_at_the_same_time_is_kept_apart() throws Exception {
        try (var pool = threads(3)) {
            var words = List.of("eins", "zwei", "drei");
            var jobs =
                    words.stream()
                            .map(
                                    word ->
                                            pool.submit(
                                                    "companions.say_slowly",
                                                    "[\"" + word + "\", 200, \"said\", 3]"))
                            .toList();
            for (int n = 0; n < 3; n++) {
                var attempt = pool.await(jobs.get(n)).path("attempts").path(0);
                assertThat(attempt.path("output_tail").asString())
                        .isEqualTo(words.get(n).repeat(200));
            }
        }
    }

    @Test
    void a_time_out_recycles_the_process_and_the_neighbours_run_again_without_being_charged()
            throws Exception {
        try (var pool = threads(3)) {
            long before = pool.pids("idle").getFirst();
            var ledger = folder.resolve("begun");
            var go = folder.resolve("go");
            var args = "[\"" + go + "\", \"" + ledger + "\"]";
            var kept = pool.submit("companions.wait_for", args);
            var waiting = pool.applying("companions.wait_for", args, "");
            assertThat(FaultPool.awaitPids(ledger, 2)).containsOnly(before);

            var late = pool.run("tasks.nap", "[600]", ", \"timeout\": 0.2");

            assertThat(late.path("problem").path("type").asString()).isEqualTo(TIMED_OUT);
            var refused = FaultPool.json(waiting.join());
            assertThat(refused.path("type").asString()).isEqualTo(LOST);
            assertThat(refused.path("reason").asString()).isEqualTo("host_recycled");
            FaultPool.awaitPids(ledger, 3); // the one that is kept has begun again
            Files.createFile(go);
            var done = pool.await(kept);
            assertThat(done.path("state").asString()).isEqualTo("succeeded");
            assertThat(done.path("attempts").size()).isEqualTo(2);
            assertThat(done.at("/attempts/0/problem/reason").asString()).isEqualTo("host_recycled");
            assertThat(Processes.alive(before)).isFalse();
            assertThat(pool.awaitWorkers(3)).doesNotContain(before);
            assertThat(pool.exits("task_timeout")).isEqualTo(1);
            assertThat(pool.exits("host_recycled")).isEqualTo(2);
            assertThat(pool.health().path("status").asString()).isEqualTo("ok");
        }
    }

    @Test
    void a_cancel_of_a_running_task_does_so_too_and_one_of_a_waiting_task_does_not()
            throws Exception {
        try (var pool = threads(2)) {
            long before = pool.pids("idle").getFirst();
            var running = List.of(nap(pool), nap(pool));
            Waiting.until("both run", () -> pool.pids("busy").size() == 2);
            var waiting = pool.submit("tasks.nap", "[600]");
            pool.cancel(waiting);
            assertThat(pool.await(waiting).path("state").asString()).isEqualTo("cancelled");
            assertThat(pool.pids("busy")).containsOnly(before);

            pool.cancel(running.getFirst());

            assertThat(pool.await(running.getFirst()).path("state").asString())
                    .isEqualTo("cancelled");
            Waiting.until(
                    "the neighbour runs again",
                    () -> pool.pids("busy").size() == 1 && !pool.pids("busy").contains(before));
            pool.cancel(running.getLast());
            assertThat(pool.await(running.getLast()).path("state").asString())
                    .isEqualTo("cancelled");
            pool.requireWorks();
        }
    }

    private static String nap(FaultPool pool) {
        return pool.submit("tasks.nap", "[600]");
    }

    @Test
    void a_task_that_ends_the_process_takes_the_neighbours_with_it_and_a_new_one_takes_over()
            throws Exception {
        try (var pool = threads(2)) {
            long before = pool.pids("idle").getFirst();
            var neighbour = nap(pool);
            Waiting.until("it runs", () -> pool.pids("busy").size() == 1);

            var crash = pool.run("companions.end_all", "[7]");

            for (JsonNode lost : List.of(crash, pool.await(neighbour))) {
                assertThat(lost.path("problem").path("type").asString()).isEqualTo(LOST);
                assertThat(lost.path("problem").path("exitcode").asInt()).isEqualTo(7);
            }
            assertThat(pool.awaitWorkers(2)).doesNotContain(before);
            pool.requireWorks();
        }
    }

    @Test
    void threads_are_replaced_after_their_tasks_within_the_same_process() throws Exception {
        try (var pool = threads(2, ", \"maxtasksperchild\": 2")) {
            long before = pool.pids("idle").getFirst();
            for (int call = 0; call < 20; call++) {
                assertThat(pool.value("tasks.pid", "[]")).isEqualTo(Long.toString(before));
            }
            assertThat(pool.exits("max_tasks")).isGreaterThanOrEqualTo(8); // two may be at work
        }
    }

    @Test
    void a_pool_of_threads_grows_shrinks_and_ends() throws Exception {
        try (var pool = threads(1)) {
            long before = pool.pids("idle").getFirst();
            pool.put("{\"kind\": \"thread\", \"processes\": 5}");
            assertThat(pool.awaitWorkers(5)).containsOnly(before);
            pool.put("{\"kind\": \"thread\", \"processes\": 2}");
            assertThat(pool.awaitWorkers(2)).containsOnly(before);
            pool.requireWorks();
            assertThat(pool.post("/close").statusCode()).isEqualTo(204);
            assertThat(pool.post("/join?timeout=60").statusCode()).isEqualTo(204);
            Waiting.until("the process has ended", () -> !Processes.alive(before));
        }
    }

    @Test
    void a_terminated_pool_of_threads_ends_what_runs() throws Exception {
        try (var pool = threads(3)) {
            long before = pool.pids("idle").getFirst();
            var jobs = List.of(nap(pool), nap(pool), nap(pool), nap(pool));
            Waiting.until("three run", () -> pool.pids("busy").size() == 3);
            assertThat(pool.post("/terminate").statusCode()).isEqualTo(204);
            assertThat(pool.post("/join?timeout=60").statusCode()).isEqualTo(204);
            for (var job : jobs) {
                assertThat(pool.await(job).path("problem").path("type").asString())
                        .isEqualTo("urn:procpool:problem:pool-terminated");
            }
            assertThat(Processes.alive(before)).isFalse();
        }
    }

    @Test
    void what_only_processes_have_is_refused() {
        try (var pool = FaultPool.of(1)) {
            for (var spec :
                    List.of(
                            "{\"kind\": \"thread\", \"max_memory_per_child\": 100000000}",
                            "{\"kind\": \"thread\", \"start_method\": \"forkserver\"}",
                            "{\"kind\": \"fiber\"}")) {
                assertThat(pool.put(spec).statusCode()).as(spec).isEqualTo(400);
            }
        }
    }

    @Test
    void a_thread_that_is_not_wanted_while_it_is_initialised_leaves_its_neighbours_alone()
            throws Exception {
        var gate = folder.resolve("gate");
        var ledger = folder.resolve("ledger");
        var begin =
                ", \"initializer\": \"companions.wait_for\", \"initargs\": [\""
                        + gate
                        + "\", \""
                        + ledger
                        + "\"]";
        try (var pool = FaultPool.of(1, ", \"kind\": \"thread\", \"grace\": 0.2" + begin)) {
            FaultPool.awaitPids(ledger, 1);
            Files.createFile(gate);
            long host = pool.awaitWorkers(1).getFirst();
            Files.delete(gate);
            var go = folder.resolve("go");
            var begun = folder.resolve("begun");
            var call =
                    pool.applying("companions.wait_for", "[\"" + go + "\", \"" + begun + "\"]", "");
            FaultPool.awaitPids(begun, 1);

            pool.patch("{\"processes\": 2}");
            FaultPool.awaitPids(ledger, 2); // the second thread runs its initializer
            pool.patch("{\"processes\": 1}");
            Waiting.until("it is let go", () -> pool.pids("starting").isEmpty());

            Files.createFile(go);
            assertThat(call.join().body()).isEqualTo(Long.toString(host));
            Files.createFile(gate);
            assertThat(pool.awaitWorkers(1)).containsExactly(host);
        }
    }

    @Test
    void a_task_that_holds_the_interpreter_is_not_killed_because_a_thread_can_not_be_started()
            throws Exception {
        try (var pool = threads(1, ", \"start_timeout\": 0.2")) {
            long host = pool.pids("idle").getFirst();
            var ledger = folder.resolve("ledger");
            var call = pool.submit("companions.hold_the_interpreter", "[\"" + ledger + "\", 3]");
            FaultPool.awaitPids(ledger, 1);
            pool.patch("{\"processes\": 2}");
            var job = pool.await(call);
            assertThat(job.path("state").asString()).as("%s", job).isEqualTo("succeeded");
            assertThat(job.path("attempts").path(0).path("pid").asLong()).isEqualTo(host);
        }
    }
}
