package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.ServiceProcess;
import io.procpool.service.Waiting;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the service is the end of everything it has started. F27, F28. */
class ServiceDeathTest {
    private static final String APPLY = "/v1/pools/default/apply";

    @TempDir private Path folder;

    /** F27: idle, busy, deaf to SIGTERM, with a daemon of the task's own; forked and spawned. */
    @Test
    void after_kill_9_no_worker_and_nothing_that_a_task_has_started_is_alive() throws Exception {
        var ledger = folder.resolve("pids");
        try (var service = ServiceProcess.start("--procpool.pools.default.processes=4")) {
            service.put("/v1/pools/spawned", "{\"processes\": 2, \"start_method\": \"spawn\"}");
            var here = "[\"" + ledger + "\"]";
            var callers =
                    List.of(
                            service.posting(APPLY, call("tasks.spin", "[]")),
                            service.posting(APPLY, call("faults.be_deaf", here)),
                            service.posting(APPLY, call("faults.be_family", here)),
                            service.posting(
                                    "/v1/pools/spawned/apply", call("faults.be_deaf", here)));
            var pids = FaultPool.awaitPids(ledger, 4);
            Waiting.until("two forkservers, six workers", () -> service.workers().size() >= 8);
            assertThat(pids).allMatch(Processes::alive);

            service.kill();

            callers.forEach(
                    caller -> assertThat(caller.handle((_, end) -> end).join()).isNotNull());
            Waiting.until("all are gone", () -> service.workers().isEmpty());
            Waiting.until("the tasks' own too", () -> pids.stream().noneMatch(Processes::alive));
        }
    }

    /** F28: what ends within grace is finished and answered, also what still waited. */
    @Test
    void a_service_that_is_told_to_end_finishes_what_it_has() throws Exception {
        var ledger = folder.resolve("ledger");
        var go = folder.resolve("go");
        try (var service =
                ServiceProcess.start(
                        "--procpool.pools.default.processes=2",
                        "--procpool.pools.default.grace=60")) {
            var running = service.posting(APPLY, call("faults.wait_for", "[\"" + go + "\"]"));
            var beside = service.posting(APPLY, call("faults.wait_for", "[\"" + go + "\"]"));
            awaitPool(service, "\"busy\":2");
            var waiting = service.posting(APPLY, call("tasks.add", "[1]"));
            service.post(
                    "/v1/pools/default/starmap_async",
                    "{\"func\": \"faults.record\", \"iterable\": [[\"%s\", 1], [\"%s\", 2]]}"
                            .formatted(ledger, ledger));
            awaitPool(service, "\"queued\":2");

            service.terminate();
            awaitPool(service, "\"state\":\"CLOSE\"");
            var refused = service.post(APPLY, call("tasks.add", "[1]"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("urn:procpool:problem:draining");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            Files.createFile(go);

            for (var answer : List.of(running, beside, waiting)) {
                assertThat(answer.join().statusCode()).isEqualTo(200);
            }
            assertThat(waiting.join().body()).isEqualTo("2");
            assertThat(service.exitCode()).isZero();
            assertThat(FaultPool.lines(ledger))
                    .as("what is accepted and has not begun waits for the next service")
                    .isEmpty();
            assertThat(service.workers()).isEmpty();
        }
    }

    /** What was accepted goes on in the next service: nobody waits for it here. */
    @Test
    void a_service_that_is_told_to_end_answers_202_to_who_waits_with_a_key() throws Exception {
        var ledger = folder.resolve("pids");
        try (var service =
                ServiceProcess.start(
                        "--procpool.pools.default.processes=1",
                        "--procpool.pools.default.grace=60")) {
            var call = call("faults.be_deaf", "[\"" + ledger + "\"]");
            var key = Map.of("Idempotency-Key", "k");
            var running = service.posting(APPLY, call, key);
            var replayed = service.posting(APPLY, call, key);
            FaultPool.awaitPids(ledger, 1);

            service.terminate();

            for (var answer : List.of(running, replayed)) {
                assertThat(answer.join().statusCode()).isEqualTo(202);
                assertThat(answer.join().headers().firstValue("Location")).isPresent();
            }
            assertThat(service.ended()).as("the worker has its grace").isFalse();
        }
    }

    /** F28: what does not end within grace is killed, and whoever waits is told so. */
    @Test
    void a_service_that_is_told_to_end_kills_what_is_stuck_after_grace() throws Exception {
        var ledger = folder.resolve("pids");
        try (var service =
                ServiceProcess.start(
                        "--procpool.pools.default.processes=1",
                        "--procpool.pools.default.grace=500ms")) {
            var stuck = service.posting(APPLY, call("faults.be_family", "[\"" + ledger + "\"]"));
            var pids = FaultPool.awaitPids(ledger, 2);
            var waiting = service.posting(APPLY, call("tasks.add", "[1]"));
            awaitPool(service, "\"queued\":1");

            service.terminate();

            assertTerminated(stuck);
            assertTerminated(waiting);
            assertThat(service.exitCode()).isZero();
            assertThat(pids).noneMatch(Processes::alive);
            assertThat(service.workers()).isEmpty();
        }
    }

    private static void assertTerminated(CompletableFuture<HttpResponse<String>> answer) {
        assertThat(answer.join().statusCode()).isEqualTo(422);
        assertThat(answer.join().body()).contains("urn:procpool:problem:pool-terminated");
    }

    private static void awaitPool(ServiceProcess service, String text) throws Exception {
        Waiting.until(
                "the pool has " + text,
                () -> {
                    try {
                        return service.get("/v1/pools/default").body().contains(text);
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                });
    }

    private static String call(String func, String args) {
        return "{\"func\": \"" + func + "\", \"args\": " + args + "}";
    }
}
