package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.ServiceProcess;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many tasks in workers that are replaced all the time. F34, F35. Longer with {@code -Dprocpool.deep=true}. */
class LongRunTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final boolean DEEP = Boolean.getBoolean("procpool.deep");
    private static final int TASKS = DEEP ? 100_000 : 20_000;
    private static final int TASKS_PER_CHILD = DEEP ? 10 : 20;
    private static final int WARM_UP = 1_000;
    private static final int PROCESSES = 4;

    /** More than what idles in the service's pools of threads and connections, far less than a leak at each spawn makes. */
    private static final int SLACK = 16;

    @TempDir private Path folder;

    /** What processes hold: of the service and of its forkserver. */
    private record Held(
            int descriptors, int threads, int forkserverDescriptors, int forkserverThreads) {
        static Held by(long service, long forkserver) {
            return new Held(
                    Processes.descriptors(service),
                    Processes.threads(service),
                    Processes.descriptors(forkserver),
                    Processes.threads(forkserver));
        }

        boolean about(Held before) {
            return descriptors <= before.descriptors + SLACK
                    && threads <= before.threads + SLACK
                    && forkserverDescriptors <= before.forkserverDescriptors
                    && forkserverThreads <= before.forkserverThreads;
        }
    }

    @Test
    void workers_come_and_go_and_no_task_is_lost_or_run_twice_and_nothing_is_left()
            throws Exception {
        var ledger = folder.resolve("ledger");
        try (var service =
                ServiceProcess.start(
                        "--procpool.pools.default.processes=" + PROCESSES,
                        "--procpool.pools.default.maxtasksperchild=" + TASKS_PER_CHILD)) {
            long forkserver = Processes.children(service.pid()).getFirst();
            run(service, folder.resolve("warm-up"), WARM_UP);
            Waiting.until("it rests", () -> atRest(service, forkserver));
            var before = Held.by(service.pid(), forkserver);
            int started = pool(service).path("workers_started").asInt();

            var over = new AtomicBoolean();
            var watch = CompletableFuture.supplyAsync(() -> watch(service, over));
            var values = run(service, ledger, TASKS);
            over.set(true);

            assertThat(values).isEqualTo(IntStream.range(0, TASKS).boxed().toList());
            assertThat(FaultPool.lines(ledger)).hasSize(TASKS).doesNotHaveDuplicates();
            assertThat(watch.join()).as("samples with no worker ready, or no answer").isZero();
            assertThat(pool(service).path("workers_started").asInt() - started)
                    .isGreaterThanOrEqualTo(TASKS / TASKS_PER_CHILD);

            Waiting.until("only the workers are left", () -> atRest(service, forkserver));
            Waiting.until(
                    "nothing is left of the others, before: " + before,
                    () -> Held.by(service.pid(), forkserver).about(before));
            assertThat(Processes.children(service.pid())).containsExactly(forkserver);
        }
    }

    private static List<Integer> run(ServiceProcess service, Path ledger, int tasks)
            throws Exception {
        var items =
                IntStream.range(0, tasks)
                        .mapToObj(item -> "[\"" + ledger + "\"," + item + "]")
                        .toList();
        var answer =
                service.posting(
                                "/v1/pools/default/starmap",
                                "{\"func\": \"faults.record\", \"chunksize\": 1, \"iterable\": "
                                        + items
                                        + "}")
                        .join();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).valueStream().map(JsonNode::asInt).toList();
    }

    /** Asks all the time whether a worker is ready, and for an answer. Returns how often there was none. */
    private static int watch(ServiceProcess service, AtomicBoolean over) {
        int bad = 0;
        try {
            while (!over.get()) {
                var workers = pool(service).path("workers");
                var answer =
                        service.post(
                                "/v1/pools/default/apply",
                                "{\"func\": \"tasks.add\", \"args\": [1]}");
                if (workers.path("idle").asInt() + workers.path("busy").asInt() == 0
                        || !answer.body().equals("2")) {
                    bad++;
                }
            }
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
        return bad;
    }

    private static JsonNode pool(ServiceProcess service) {
        try {
            return JSON.readTree(service.get("/v1/pools/default").body());
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    /** As many children as workers, all of them alive. */
    private static boolean atRest(ServiceProcess service, long forkserver) {
        var children = Processes.children(forkserver);
        return children.size() == PROCESSES
                && children.stream().allMatch(Processes::alive)
                && pool(service).path("workers").path("idle").asInt() == PROCESSES;
    }
}
