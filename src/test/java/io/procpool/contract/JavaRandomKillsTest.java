package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that are killed at any moment: every item has one outcome, and what has returned has run once. F33. */
class JavaRandomKillsTest {
    private static final int ITEMS = 2_000;
    private static final int KILLS = 12;

    @TempDir private Path folder;

    @Test
    void each_task_has_one_outcome_whatever_is_killed() throws Exception {
        long seed = new Random().nextInt();
        var random = new Random(seed);
        var ledger = folder.resolve("ledger");
        Files.createFile(ledger);
        try (var pool = new ContractPool(Subject.javaProcesses(), "java-kills", 3, "")) {
            pool.awaitWorkers(3);
            var items =
                    IntStream.range(0, ITEMS)
                            .mapToObj(item -> "[\"" + ledger + "\"," + item + "]")
                            .collect(Collectors.joining(",", "[", "]"));
            var how = ",\"chunksize\":1,\"errors\":\"collect\"";
            var running = pool.submit("starmap", pool.map("faults.record_slowly", items, how));
            for (int kill = 1; kill <= KILLS; kill++) {
                int begun = kill * ITEMS / (KILLS + 2) + random.nextInt(ITEMS / 20);
                Waiting.until("it goes on", () -> size(ledger) >= begun);
                var pids = pool.pids("idle", "busy");
                if (!pids.isEmpty()) {
                    Processes.kill(pids.get(random.nextInt(pids.size())));
                }
            }
            var job = pool.await(running);

            assertThat(job.path("state").asString()).as("seed %d", seed).isEqualTo("succeeded");
            var value =
                    ContractPool.json(
                            pool.service().get(job.at("/links/value").asString()).asString());
            Set<Integer> lost = new HashSet<>();
            for (var error : value.path("errors")) {
                assertThat(error.at("/problem/type").asString())
                        .isEqualTo(ContractPool.PROBLEM + "worker-lost");
                assertThat(lost.add(error.path("index").asInt())).isTrue();
            }
            assertThat(lost).as("seed %d", seed).isNotEmpty().hasSizeLessThanOrEqualTo(KILLS);
            List<Integer> ran = Files.readAllLines(ledger).stream().map(Integer::valueOf).toList();
            assertThat(ran).as("seed %d", seed).doesNotHaveDuplicates();
            for (int item = 0; item < ITEMS; item++) {
                var expected = lost.contains(item) ? "null" : "" + item;
                assertThat(value.path("values").path(item).toString()).isEqualTo(expected);
                assertThat(ran.contains(item) || lost.contains(item)).as("item %d", item).isTrue();
            }
            pool.awaitWorkers(3);
            pool.requireWorks();
        }
    }

    private static int size(Path ledger) {
        try (var lines = Files.lines(ledger)) {
            return (int) lines.count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
