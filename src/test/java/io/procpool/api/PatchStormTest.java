package io.procpool.api;

import static io.procpool.service.Waiting.until;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A pool that is changed all the time: nothing is lost, nothing is run twice, and the last word counts. */
class PatchStormTest {
    private static final int TASKS = 20_000;
    private static final int JOBS = 20;
    private static final int PATCHES = 50;
    private static final int LINE = 7;

    private static Path functions;
    private static Service service;

    @BeforeAll
    static void start() throws IOException {
        functions = Files.createTempDirectory("functions");
        Files.writeString(
                functions.resolve("storm.py"),
                """
                import os

                started_with = None


                def start(value):
                    global started_with
                    started_with = value


                def run(path, item):
                    with open(path, "a") as ledger:
                        ledger.write("%06d\\n" % item)
                    return item


                def surroundings(_=None):
                    return [os.environ.get("V"), started_with]
                """);
        touch(0);
        service = Service.start("--procpool.functions.path=" + functions);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static void touch(int version) {
        try {
            Files.writeString(functions.resolve("touched.py"), "VERSION = " + version + "\n");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void patch(OwnPool pool, String patch) {
        var answer = PatchTest.patch(service, pool.path(), patch);
        assertThat(answer.statusCode()).as(patch + " " + answer.asString()).isEqualTo(200);
    }

    private static String submit(OwnPool pool, Ledger ledger, int from) {
        var items =
                IntStream.range(from, from + TASKS / JOBS)
                        .mapToObj(item -> "[" + ledger.json() + "," + item + "]")
                        .collect(joining(",", "[", "]"));
        return pool.submit(
                "starmap", "{\"func\":\"storm.run\",\"chunksize\":1,\"iterable\":" + items + "}");
    }

    private static String randomPatch(Random random, int n) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> "{\"processes\":" + random.nextInt(1, 9) + "}";
            case 2 ->
                    "{\"maxtasksperchild\":"
                            + (random.nextBoolean() ? null : random.nextInt(20, 400))
                            + "}";
            case 3 ->
                    "{\"max_age\":"
                            + (random.nextBoolean() ? null : "0." + random.nextInt(3, 9))
                            + ",\"idle_timeout\":"
                            + (random.nextBoolean() ? null : "0.2")
                            + "}";
            case 4 ->
                    "{\"task_timeout\":"
                            + random.nextInt(60, 600)
                            + ",\"grace\":"
                            + random.nextInt(1, 9)
                            + ",\"queue_limit\":"
                            + random.nextInt(100, 999)
                            + "}";
            case 5 -> "{\"env\":{\"V\":\"" + n + "\"}}";
            case 6 -> "{\"preload\":" + (random.nextBoolean() ? null : "[\"statistics\"]") + "}";
            default -> {
                touch(n);
                yield "{\"initializer\":\"storm.start\",\"initargs\":[" + n + "]}";
            }
        };
    }

    @Test
    void fifty_patches_during_twenty_thousand_tasks_lose_nothing_and_run_nothing_twice()
            throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var ledger = Ledger.empty();
        try (var pool = OwnPool.of(service, "{\"processes\":2}")) {
            var jobs = new ArrayList<String>();
            for (int job = 0; job < JOBS; job++) {
                jobs.add(submit(pool, ledger, job * TASKS / JOBS));
            }
            for (int n = 1; n <= PATCHES; n++) {
                long share = (long) LINE * n * TASKS / (PATCHES + 5);
                until("tasks have run", () -> ledger.file().toFile().length() >= share);
                patch(pool, randomPatch(random, n));
            }
            for (int job = 0; job < JOBS; job++) {
                var result = service.await(jobs.get(job));
                assertThat(result.get("state").asString())
                        .as("seed %d: %s", seed, result)
                        .isEqualTo("succeeded");
                int from = job * TASKS / JOBS;
                assertThat(Service.json(service.get(jobs.get(job) + "/value")).valueStream())
                        .extracting(value -> value.asInt())
                        .isEqualTo(IntStream.range(from, from + TASKS / JOBS).boxed().toList());
            }
            assertThat(ledger.lines().stream().map(Integer::valueOf).sorted().toList())
                    .as("seed %d", seed)
                    .isEqualTo(IntStream.range(0, TASKS).boxed().toList());
            for (var bad : List.of("crash_signal", "crash_exit", "init_failed", "protocol_error")) {
                assertThat(pool.metric("procpool_worker_exits_total", "reason", bad))
                        .as("%s, seed %d", bad, seed)
                        .isZero();
            }
        }
    }

    @Test
    void the_last_of_many_specifications_is_the_one_that_workers_end_up_with() throws Exception {
        try (var pool =
                OwnPool.of(
                        service,
                        "{\"processes\":2,\"initializer\":\"storm.start\",\"initargs\":[0]}")) {
            pool.awaitIdle(2);
            for (int n = 1; n <= 12; n++) {
                patch(
                        pool,
                        "{\"env\":{\"V\":\""
                                + n
                                + "\"},\"initargs\":["
                                + n
                                + "],\"processes\":"
                                + (2 + n % 3)
                                + "}");
                if (n % 4 == 0) {
                    touch(1_000 + n);
                }
            }
            until("every worker is of the last", () -> allAre(pool, "[\"12\",12]"));
            pool.awaitIdle(2);
            var generations =
                    pool.workers().stream().map(worker -> worker.get("generation").asInt());
            assertThat(generations.distinct()).hasSize(1);
        }
    }

    private static boolean allAre(OwnPool pool, String expected) {
        var many = IntStream.range(0, 40).mapToObj(Integer::toString).collect(joining(","));
        var values =
                pool.value(
                        "map",
                        "{\"func\":\"storm.surroundings\",\"chunksize\":1,\"iterable\":["
                                + many
                                + "]}");
        return values.equals(
                IntStream.range(0, 40).mapToObj(_ -> expected).collect(joining(",", "[", "]")));
    }
}
