package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All workers at once. F33. */
class MassDeathTest {
    private static final int PROCESSES = 4;
    private static final int ITEMS = 400;
    private static final int ROUNDS = 3;

    @TempDir private Path folder;

    @Test
    void when_all_workers_are_killed_under_load_only_what_ran_is_lost() throws Exception {
        var ledger = folder.resolve("ledger");
        try (var pool = FaultPool.of(PROCESSES)) {
            var items =
                    IntStream.range(0, ITEMS)
                            .mapToObj(item -> "[\"" + ledger + "\", " + item + "]")
                            .toList();
            var running =
                    pool.begin(
                            "starmap_async",
                            "{\"func\": \"faults.record_slowly\", \"chunksize\": 1, \"retries\": 0, "
                                    + "\"errors\": \"collect\", \"iterable\": "
                                    + items
                                    + "}");
            for (int round = 1; round <= ROUNDS; round++) {
                int begun = round * ITEMS / (ROUNDS + 1);
                Waiting.until("it goes on", () -> FaultPool.lines(ledger).size() >= begun);
                Processes.storm(pool.awaitWorkers(PROCESSES), 1, "KILL");
            }

            var job = pool.await(running);
            assertThat(job.path("state").asString()).isEqualTo("succeeded");
            var value = FaultPool.json(pool.valueOf(job));
            var lost = new HashSet<Integer>();
            for (var error : value.path("errors")) {
                assertThat(error.path("problem").path("type").asString())
                        .isEqualTo("urn:procpool:problem:worker-lost");
                assertThat(error.path("problem").path("signal").asInt()).isEqualTo(9);
                lost.add(error.path("index").asInt());
            }
            assertThat(lost).hasSizeLessThanOrEqualTo(ROUNDS * PROCESSES);
            assertThat(value.path("values").size()).isEqualTo(ITEMS);
            for (int item = 0; item < ITEMS; item++) {
                var expected = lost.contains(item) ? "null" : "" + item;
                assertThat(value.path("values").path(item).toString()).isEqualTo(expected);
            }
            // Each item ran once, or not at all if the kill came between its call and its first
            // line.
            assertThat(FaultPool.lines(ledger)).doesNotHaveDuplicates();
            assertThat(FaultPool.lines(ledger)).hasSizeBetween(ITEMS - lost.size(), ITEMS);

            pool.awaitWorkers(PROCESSES);
            var after =
                    IntStream.range(0, 40)
                            .mapToObj(call -> pool.applying("tasks.add", "[" + call + "]", ""))
                            .toList();
            for (int call = 0; call < after.size(); call++) {
                assertThat(after.get(call).join().body()).isEqualTo("" + (call + 1));
            }
            assertThat(pool.health().path("status").asString()).isEqualTo("ok");
        }
    }
}
