package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.JarOfTheTests;
import io.procpool.service.Processes;
import io.procpool.service.ServiceProcess;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** JVMs that come and go in a service of its own, which is then killed. F27, F34, F35. */
class JavaLongRunTest {
    private static final int RECYCLED = Boolean.getBoolean("procpool.deep") ? 100 : 20;
    private static final int WARM_UP = 10;
    private static final int PROCESSES = 2;

    /** More than what idles in the service's pools of threads and connections, far less than a leak at each start makes. */
    private static final int SLACK = 24;

    @TempDir private Path folder;

    @Test
    void workers_for_one_task_leave_nothing_behind_and_none_outlives_the_service()
            throws Exception {
        try (var service =
                ServiceProcess.start("--procpool.functions.path=" + JarOfTheTests.folder())) {
            service.put(
                    "/v1/pools/java",
                    "{\"runtime\":\"java\",\"maxtasksperchild\":1,\"processes\":"
                            + PROCESSES
                            + "}");
            assertThat(pids(service, WARM_UP)).hasSize(WARM_UP);
            awaitRest(service);
            int descriptors = Processes.descriptors(service.pid());
            int threads = Processes.threads(service.pid());

            var pids = pids(service, RECYCLED);

            assertThat(new HashSet<>(pids)).hasSize(RECYCLED);
            awaitRest(service);
            Waiting.until(
                    "only workers that wait, and no zombies",
                    () -> pids.stream().noneMatch(Processes.children(service.pid())::contains));
            Waiting.until(
                    "no descriptor or thread is left",
                    () ->
                            Processes.descriptors(service.pid()) <= descriptors + SLACK
                                    && Processes.threads(service.pid()) <= threads + SLACK);

            die(service);
        }
    }

    /** Idle, busy, deaf, with a daemon of a task's own, threads, spare ones. */
    private void die(ServiceProcess service) throws Exception {
        var ledger = folder.resolve("pids");
        service.put(
                "/v1/pools/threads", "{\"runtime\":\"java\",\"kind\":\"thread\",\"processes\":2}");
        service.put("/v1/pools/idle", "{\"runtime\":\"java\",\"processes\":1}");
        var here = "{\"func\":\"functions.Faults.%s\",\"args\":[\"" + ledger + "\"]}";
        var callers =
                List.of(
                        service.posting("/v1/pools/java/apply", here.formatted("beDeaf")),
                        service.posting("/v1/pools/java/apply", here.formatted("beFamily")),
                        service.posting("/v1/pools/threads/apply", here.formatted("beDeaf")));
        Waiting.until("four have begun", () -> lines(ledger) == 4);
        var pids = Files.readAllLines(ledger).stream().map(Long::valueOf).toList();
        assertThat(pids).allMatch(Processes::alive);

        service.kill();

        callers.forEach(caller -> assertThat(caller.handle((_, end) -> end).join()).isNotNull());
        Waiting.until("all are gone", () -> service.workers().isEmpty());
        Waiting.until("the tasks' own too", () -> pids.stream().noneMatch(Processes::alive));
    }

    private static int lines(Path ledger) {
        try {
            return Files.exists(ledger) ? Files.readAllLines(ledger).size() : 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Long> pids(ServiceProcess service, int tasks) throws Exception {
        var items = IntStream.range(0, tasks).boxed().toList();
        var map = "{\"func\":\"functions.Tasks.pid\",\"chunksize\":1,\"iterable\":" + items + "}";
        var answer = service.posting("/v1/pools/java/map", map).join();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ContractPool.json(answer.body()).valueStream().map(JsonNode::asLong).toList();
    }

    /** The workers wait, and besides them there is the spare JVM and nothing that still ends. */
    private static void awaitRest(ServiceProcess service) throws InterruptedException {
        Waiting.until(
                "it rests",
                () -> {
                    try {
                        var workers =
                                ContractPool.json(service.get("/v1/pools/java").body())
                                        .path("workers");
                        return workers.path("idle").asInt() == PROCESSES
                                && workers.path("stopping").asInt() == 0;
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                });
    }
}
