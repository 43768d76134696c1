package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.NodePools;
import io.procpool.service.Processes;
import io.procpool.service.Service;
import io.procpool.service.ServiceProcess;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Whatever a foreign worker does, its call has an outcome and the pool goes on. */
class CommandFaultTest {
    private static final String PROBLEM = "urn:procpool:problem:";

    private static Service service;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        service = NodePools.service();
    }

    private static JsonNode run(String pool, String func, String args) {
        return service.finished(pool, "apply", "{\"func\":\"" + func + "\",\"args\":" + args + "}");
    }

    private static JsonNode problem(JsonNode job, String type) {
        var problem = job.path("problem");
        assertThat(problem.path("type").asString()).as("%s", job).isEqualTo(PROBLEM + type);
        return problem;
    }

    private static long pid(String pool) {
        var answer =
                service.post(
                        "/v1/pools/" + pool + "/apply",
                        "{\"func\":\"" + (pool.equals("node") ? "tasks" : pool) + ".pid\"}");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Long.parseLong(answer.asString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "garbage | over all limits",
                "other_call | while call",
                "oversized | over all limits",
                "header | header",
                "no_json | the result is no JSON",
                "two_texts | the result is no JSON",
                "latin1 | UTF-8",
                "nothing | the result is no JSON",
                "problem | tired"
            })
    void what_is_against_the_protocol_kills_the_worker_and_is_said(String func, String why) {
        long before = pid("rogue");
        var problem = problem(run("rogue", "rogue." + func, "[]"), "protocol-error");
        assertThat(problem.path("detail").asString()).contains(why);
        assertThat(pid("rogue")).isNotEqualTo(before);
        assertThat(Processes.alive(before)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "short | of 2 items has 1 values",
                "scalar | of 2 items is no array",
                "beyond | one has 2"
            })
    void a_map_without_a_value_for_each_item_is_against_the_protocol(String func, String why) {
        var map = "\"iterable\":[1,2],\"chunksize\":2,\"errors\":\"collect\"}";
        var job = service.finished("rogue", "map", "{\"func\":\"rogue." + func + "\"," + map);
        assertThat(job.toString()).contains(PROBLEM + "protocol-error").contains(why);
        pid("rogue");
    }

    @Test
    void a_worker_that_speaks_without_end_does_not_talk_its_timeout_away() {
        long before = pid("rogue");
        var call = "{\"func\":\"rogue.chatter\",\"timeout\":0.5,\"retries\":0}";
        problem(service.finished("rogue", "apply", call), "timed-out");
        assertThat(Processes.alive(before)).isFalse();
        pid("rogue");
    }

    @Test
    void a_value_that_nests_too_deep_is_not_serializable_and_harms_nobody() {
        long before = pid("rogue");
        problem(run("rogue", "rogue.deep", "[]"), "not-serializable");
        assertThat(pid("rogue")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0,0,", "3,3,", "200,200,", "137,,9", "143,,15"})
    void a_worker_that_ends_is_lost_with_its_status_or_its_signal(
            int status, Integer exitcode, Integer signal) {
        var problem = problem(run("rogue", "rogue.die", "[" + status + "]"), "worker-lost");
        assertThat(problem.path("exitcode").asInt(-1)).isEqualTo(exitcode == null ? -1 : exitcode);
        assertThat(problem.path("signal").asInt(-1)).isEqualTo(signal == null ? -1 : signal);
        pid("rogue");
    }

    /** Its socket stays open: the end of the process counts, and who held it is gone too. */
    @Test
    void a_child_that_holds_the_socket_does_not_hide_the_end_of_its_worker() {
        var ledger = folder.resolve("heir");
        var problem =
                problem(run("rogue", "rogue.die_with_heir", "[\"" + ledger + "\"]"), "worker-lost");
        assertThat(problem.path("exitcode").asInt()).isEqualTo(5);
        assertThat(FaultPool.lines(ledger)).hasSize(1);
        assertThat(Processes.alive(Long.parseLong(FaultPool.lines(ledger).getFirst()))).isFalse();
    }

    @Test
    void an_idle_worker_that_is_killed_is_replaced() throws Exception {
        long before = pid("rogue");
        Processes.kill(before);
        Waiting.until("it is gone", () -> !Processes.alive(before));
        assertThat(pid("rogue")).isNotEqualTo(before);
    }

    @Test
    void who_ignores_bye_and_sigterm_is_killed_after_grace() throws Exception {
        long before = Long.parseLong(value("deaf", "rogue.pid"));
        service.delete("/v1/pools/deaf/workers/" + onlyWorker("deaf")).then().statusCode(202);
        Waiting.until("it is gone", () -> !Processes.alive(before));
        assertThat(Long.parseLong(value("deaf", "rogue.pid"))).isNotEqualTo(before);
    }

    private static String value(String pool, String func) {
        var answer = service.post("/v1/pools/" + pool + "/apply", "{\"func\":\"" + func + "\"}");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.asString();
    }

    private static String onlyWorker(String pool) {
        return Service.json(service.get("/v1/pools/" + pool + "/workers"))
                .at("/workers/0/id")
                .asString();
    }

    @ParameterizedTest
    @CsvSource({"spin", "spin_deaf"})
    void a_task_beyond_its_time_limit_is_killed_whatever_it_does(String func) {
        var job =
                service.finished(
                        "single",
                        "apply",
                        "{\"func\":\"tasks." + func + "\",\"timeout\":0.5,\"retries\":0}");
        problem(job, "timed-out");
        var signal = job.at("/attempts/0/signal").asInt();
        assertThat(signal).isEqualTo(func.equals("spin") ? 15 : 9);
    }

    @Test
    void a_running_task_can_be_cancelled() throws Exception {
        var accepted =
                service.post("/v1/pools/single/apply_async", "{\"func\":\"tasks.spin_deaf\"}");
        var result = accepted.header("Location");
        Waiting.until(
                "it runs",
                () -> Service.json(service.get(result)).path("state").asString().equals("running"));
        service.post(result + "/cancel", "").then().statusCode(202);
        assertThat(service.await(result).path("state").asString()).isEqualTo("cancelled");
    }

    @Test
    void after_kill_9_of_the_service_no_worker_is_alive() throws Exception {
        var ledger = folder.resolve("pids");
        var settings = NodePools.pool("node", NodePools.WORKER, "processes=2");
        settings.add("--procpool.pools.default.processes=1");
        try (var process = ServiceProcess.start(settings.toArray(String[]::new))) {
            var busy =
                    process.posting(
                            "/v1/pools/node/apply",
                            "{\"func\":\"tasks.begin_to_spin\",\"args\":[\"" + ledger + "\"]}");
            FaultPool.awaitPids(ledger, 1);
            var pids =
                    FaultPool.json(process.get("/v1/pools/node/workers"))
                            .path("workers")
                            .valueStream()
                            .map(worker -> worker.path("pid").asLong())
                            .toList();
            assertThat(pids).contains(Long.valueOf(Files.readString(ledger).strip()));
            process.kill();
            assertThat(busy.handle((_, end) -> end).join()).isNotNull();
            Waiting.until("all are gone", () -> pids.stream().noneMatch(Processes::alive));
        }
    }
}
