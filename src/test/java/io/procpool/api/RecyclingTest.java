package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Workers are replaced by tasks, memory, age and idleness, each exit with its reason. */
class RecyclingTest {

    private static double exits(OwnPool pool, String reason) {
        return pool.metric("procpool_worker_exits_total", "reason", reason);
    }

    private static String pid(OwnPool pool) {
        return pool.value("apply", "{\"func\":\"tasks.pid\"}");
    }

    @Test
    void no_worker_runs_more_than_maxtasksperchild_tasks_and_each_is_initialised_once()
            throws IOException {
        var ledger = Ledger.empty();
        var spec =
                "{\"processes\":4,\"maxtasksperchild\":3,\"initializer\":\"tasks.start_in\",\"initargs\":["
                        + ledger.json()
                        + "]}";
        try (var pool = OwnPool.of(spec)) {
            var items =
                    IntStream.range(0, 100)
                            .mapToObj(item -> "[" + ledger.json() + "," + item + "]")
                            .collect(joining(",", "[", "]"));
            var values =
                    pool.post(
                            "starmap",
                            "{\"func\":\"tasks.run_in\",\"chunksize\":1,\"iterable\":"
                                    + items
                                    + "}");
            var tasks =
                    Service.json(values)
                            .valueStream()
                            .collect(groupingBy(pid -> pid.asLong(), counting()));
            assertThat(tasks.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(100);
            assertThat(tasks.size()).isGreaterThanOrEqualTo(34);
            assertThat(tasks.values()).allMatch(count -> count <= 3);

            var initialised =
                    ledger.lines().stream()
                            .filter(line -> line.startsWith("init "))
                            .map(line -> Long.valueOf(line.substring(5)))
                            .collect(groupingBy(Function.identity(), counting()));
            assertThat(initialised.values()).containsOnly(1L);
            assertThat(initialised.keySet()).containsAll(tasks.keySet());
            // Each worker's own lines: first that it was initialised, then that it ran.
            for (var pid : tasks.keySet()) {
                assertThat(ledger.lines())
                        .filteredOn(line -> line.split(" ", -1)[1].equals(pid.toString()))
                        .first()
                        .isEqualTo("init " + pid);
            }
        }
    }

    @Test
    void what_an_initializer_prints_is_no_tasks_output() throws IOException {
        var ledger = Ledger.empty();
        var spec =
                "{\"processes\":1,\"maxtasksperchild\":1,\"initializer\":\"tasks.start_in\",\"initargs\":["
                        + ledger.json()
                        + "]}";
        try (var pool = OwnPool.of(spec)) {
            for (int task = 0; task < 3; task++) {
                var result = pool.finished("apply", "{\"func\":\"tasks.say\",\"args\":[\"mine\"]}");
                assertThat(result.get("attempts").get(0).get("output_tail").asString())
                        .isEqualTo("mine\n");
            }
            assertThat(ledger.lines().size()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void a_chunk_is_one_task() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":2,\"maxtasksperchild\":2}")) {
            var items = IntStream.range(0, 100).mapToObj(Integer::toString).collect(joining(","));
            var values =
                    pool.map(
                            "{\"func\":\"tasks.pid\",\"chunksize\":10,\"iterable\":["
                                    + items
                                    + "]}");
            var items20 =
                    Service.json(values)
                            .valueStream()
                            .collect(groupingBy(pid -> pid.asLong(), counting()));
            assertThat(items20.size()).isGreaterThanOrEqualTo(5);
            assertThat(items20.values()).allMatch(count -> count == 10 || count == 20);
            until(
                    "the exits are counted",
                    () ->
                            exits(pool, "max_tasks")
                                    >= items20.values().stream()
                                            .filter(count -> count == 20)
                                            .count());
        }
    }

    @Test
    void a_worker_that_keeps_too_much_memory_is_replaced_after_its_task()
            throws InterruptedException {
        try (var pool =
                OwnPool.of("{\"processes\":1,\"max_memory_per_child\":" + (60 << 20) + "}")) {
            var first = pid(pool);
            assertThat(exits(pool, "max_memory_soft")).isZero();
            assertThat(pool.value("apply", "{\"func\":\"api_functions.leak\",\"args\":[80]}"))
                    .isEqualTo(first);
            until("another worker serves", () -> !pid(pool).equals(first));
            until("its exit is counted", () -> exits(pool, "max_memory_soft") == 1);
            assertThat(exits(pool, "max_memory_hard")).isZero();
        }
    }

    @Test
    void a_task_that_takes_twice_as_much_is_killed() throws InterruptedException {
        try (var pool =
                OwnPool.of("{\"processes\":1,\"max_memory_per_child\":" + (40 << 20) + "}")) {
            var problem =
                    problem(
                            pool.apply("{\"func\":\"api_functions.leak_without_end\"}"),
                            422,
                            "worker-lost");
            assertThat(problem.get("reason").asString()).isEqualTo("max_memory_hard");
            assertThat(problem.get("signal").asInt()).isEqualTo(9);
            assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
            until("its exit is counted", () -> exits(pool, "max_memory_hard") == 1);
        }
    }

    @Test
    void a_worker_of_its_age_is_replaced_idle_or_not() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":1,\"max_age\":0.4}")) {
            pool.awaitIdle(1);
            var first = pid(pool);
            until("an idle one is replaced", () -> exits(pool, "max_age") >= 1);
            until("others serve", () -> !pid(pool).equals(first));
            until("and so on", () -> exits(pool, "max_age") >= 3);
        }
    }

    @Test
    void a_worker_that_is_not_needed_goes_and_comes_back_when_it_is() throws InterruptedException {
        try (var pool = OwnPool.of("{\"processes\":2,\"idle_timeout\":0.2}")) {
            var first = pid(pool);
            until("nobody is left", () -> pool.workers().isEmpty());
            until("the exits are counted", () -> exits(pool, "idle") >= 2);
            assertThat(pool.resource().get("health").get("status").asString()).isEqualTo("ok");
            assertThat(pid(pool)).isNotEqualTo(first);
            assertThat(pool.value("map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2,3]}"))
                    .isEqualTo("[1,2,3]");
        }
    }
}
