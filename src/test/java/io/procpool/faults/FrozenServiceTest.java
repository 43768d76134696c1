package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.ServiceProcess;
import io.procpool.service.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The service is stopped for a while, its workers are not, and the clock goes on. F29 of a single node. */
class FrozenServiceTest {
    private static final String POOL = "/v1/pools/default";
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final int ITEMS = 60;

    @TempDir private Path folder;

    @Test
    void what_ended_meanwhile_has_ended_in_time_and_nothing_is_lost_or_run_twice()
            throws Exception {
        var ends = folder.resolve("ends");
        var ledger = folder.resolve("ledger");
        try (var service = ServiceProcess.start("--procpool.pools.default.processes=2")) {
            var before = workers(service);
            var map =
                    service.post(
                            POOL + "/starmap_async",
                            "{\"func\": \"faults.record_slowly\", \"iterable\": %s, \"chunksize\": 1}"
                                    .formatted(items(ledger)));
            var timed =
                    service.post(
                            POOL + "/apply_async",
                            "{\"func\": \"faults3.nap_between\", \"args\": [0.3, \"%s\"], \"timeout\": %d}"
                                    .formatted(ends, LIMIT.toSeconds()));
            var patient =
                    service.posting(
                            POOL + "/apply",
                            "{\"func\": \"faults.wait_for\", \"args\": [\"%s\"]}"
                                    .formatted(ledger));
            Waiting.until("the timed one runs", () -> !FaultPool.lines(ends).isEmpty());
            long begun = System.nanoTime();

            Processes.storm(List.of(service.pid()), 1, "STOP");
            Waiting.until("it has ended", () -> FaultPool.lines(ends).size() == 2);
            Waiting.until(
                    "its limit has passed twice",
                    () -> System.nanoTime() - begun > 2 * LIMIT.toNanos());
            Processes.storm(List.of(service.pid()), 1, "CONT");

            var job = result(service, timed.headers().firstValue("Location").orElseThrow());
            assertThat(job.path("state").asString()).as("%s", job).isEqualTo("succeeded");
            assertThat(job.path("attempts").size()).isEqualTo(1);
            var mapped = result(service, map.headers().firstValue("Location").orElseThrow());
            assertThat(mapped.path("state").asString()).isEqualTo("succeeded");
            assertThat(FaultPool.lines(ledger))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, ITEMS).mapToObj(Integer::toString).toList());
            assertThat(patient.join().statusCode()).isEqualTo(200);
            assertThat(workers(service)).as("none was taken for dead").isEqualTo(before);
            assertThat(FaultPool.json(service.get(POOL)).path("workers_started").asInt())
                    .isEqualTo(before.size());
        }
    }

    private static List<Long> workers(ServiceProcess service) throws InterruptedException {
        Waiting.until("two workers", () -> pids(service).size() == 2);
        return pids(service);
    }

    private static List<Long> pids(ServiceProcess service) {
        try {
            return FaultPool.json(service.get(POOL + "/workers"))
                    .path("workers")
                    .valueStream()
                    .map(worker -> worker.path("pid").asLong())
                    .toList();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    private static JsonNode result(ServiceProcess service, String path) throws Exception {
        var resource = FaultPool.json(service.get(path + "?wait=30"));
        assertThat(resource.path("ready").asBoolean()).as("%s", resource).isTrue();
        return resource;
    }

    private static String items(Path ledger) {
        return IntStream.range(0, ITEMS)
                .mapToObj(item -> "[\"%s\", %d]".formatted(ledger, item))
                .toList()
                .toString();
    }
}
