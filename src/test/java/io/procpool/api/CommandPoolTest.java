package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.NodePools;
import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Pools of workers in Node.js behave as others do. */
class CommandPoolTest {
    private static final String PROBLEM = "urn:procpool:problem:";

    private static Service service;

    @BeforeAll
    static void start() {
        service = NodePools.service();
    }

    private static String apply(String pool, String json) {
        var answer = service.post("/v1/pools/" + pool + "/apply", json);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.asString();
    }

    private static JsonNode problem(String pool, String verb, String json, int status) {
        var answer = service.post("/v1/pools/" + pool + "/" + verb, json);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        return Service.json(answer);
    }

    private static JsonNode pool(String name) {
        return Service.json(service.get("/v1/pools/" + name));
    }

    @Test
    void a_pool_says_what_its_workers_are() throws Exception {
        apply("node", "{\"func\":\"tasks.nothing\"}");
        var pool = pool("node");
        assertThat(pool.path("runtime").asString()).isEqualTo("command");
        assertThat(pool.path("command").valueStream().map(JsonNode::asString))
                .containsExactlyElementsOf(NodePools.WORKER);
        assertThat(pool.path("runtime_version").asString()).matches("node \\d+\\..*");
        assertThat(pool.path("start_method_in_use").asString()).isEqualTo("spawn");
        assertThat(pool.at("/health/status").asString()).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "add|[2,3]|5",
                "add|[2]|3",
                "echo|[{\"ä\":[1,null,true,\"😀\"]}]|{\"ä\":[1,null,true,\"😀\"]}",
                "echo|[\"\"]|\"\"",
                "nothing|[]|null",
                "nap|[0.01]|0.01"
            })
    void values_come_and_go(String func, String args, String value) {
        assertThat(apply("node", "{\"func\":\"tasks." + func + "\",\"args\":" + args + "}"))
                .isEqualTo(value);
    }

    @Test
    void a_large_value_passes_both_ways() {
        var text = "\"" + "ü".repeat(2_000_000) + "\"";
        assertThat(apply("node", "{\"func\":\"tasks.echo\",\"args\":[" + text + "]}"))
                .isEqualTo(text);
    }

    @Test
    void maps_are_spread_over_the_workers_and_joined() {
        var iterable = new StringBuilder("[0");
        for (int item = 1; item < 1_000; item++) {
            iterable.append(',').append(item);
        }
        iterable.append(']');
        var map = "{\"func\":\"tasks.echo\",\"iterable\":" + iterable + ",\"chunksize\":7}";
        service.post("/v1/pools/node/map", map).then().statusCode(200);
        assertThat(service.post("/v1/pools/node/map", map).asString())
                .isEqualTo(iterable.toString());
        var starmap = "{\"func\":\"tasks.add\",\"iterable\":[[1,2],[3],[4,5]]}";
        assertThat(service.post("/v1/pools/node/starmap", starmap).asString()).isEqualTo("[3,4,9]");
    }

    @Test
    void a_map_stops_at_its_first_error_or_collects_them() {
        var first = "{\"func\":\"tasks.fail_if_odd\",\"iterable\":[0,2,3,4,5],\"chunksize\":5}";
        var problem = problem("node", "map", first, 422);
        assertThat(problem.path("index").asInt()).isEqualTo(2);
        assertThat(problem.at("/exception/type").asString()).isEqualTo("RangeError");
        assertThat(problem.at("/exception/message").asString()).isEqualTo("odd: 3");
        assertThat(problem.at("/exception/traceback").asString()).contains("tasks.js");
        var collect = first.replace("\"chunksize\":5", "\"chunksize\":2,\"errors\":\"collect\"");
        var answer = Service.json(service.post("/v1/pools/node/map", collect));
        assertThat(answer.path("values").toString()).isEqualTo("[0,2,null,4,null]");
        assertThat(answer.path("errors").valueStream().map(error -> error.path("index").asInt()))
                .containsExactly(2, 4);
    }

    /** More than a header holds. */
    @Test
    void a_long_list_of_errors_arrives_whole() {
        var odd = "[" + "1,".repeat(4_999) + "1]";
        var collect =
                "{\"func\":\"tasks.fail_if_odd\",\"errors\":\"collect\",\"chunksize\":5000,\"iterable\":";
        var answer = Service.json(service.post("/v1/pools/node/map", collect + odd + "}"));
        assertThat(answer.path("errors").size()).isEqualTo(5_000);
        assertThat(answer.at("/errors/4999/index").asInt()).isEqualTo(4_999);
        assertThat(answer.at("/errors/4999/problem/exception/message").asString())
                .isEqualTo("odd: 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks.fail | [] | 422 | function-raised",
                "tasks.throw_text | [] | 422 | function-raised",
                "tasks.add | [] | 422 | arguments-do-not-fit",
                "tasks.not_a_number | [] | 422 | not-serializable",
                "tasks.circle | [] | 422 | not-serializable",
                "tasks.big_integer | [] | 422 | not-serializable",
                "tasks.echo | [\"\\ud800\"] | 422 | not-serializable",
                "tasks.text | [70000000] | 422 | result-too-large",
                "tasks.exit_now | [7] | 422 | worker-lost",
                "tasks.kill_me | [11] | 422 | worker-lost",
                "tasks.missing | [] | 404 | function-unknown",
                "tasks.constructor | [] | 404 | function-unknown",
                "toString.call | [] | 404 | function-unknown"
            })
    void failures_have_the_types_that_those_of_python_have(
            String func, String args, int status, String type) {
        var json = "{\"func\":\"" + func + "\",\"args\":" + args + "}";
        assertThat(problem("node", "apply", json, status).path("type").asString())
                .isEqualTo(PROBLEM + type);
    }

    /** Nobody knows what it has, so a worker is asked; it says so by an error that has no name for it. */
    @Test
    void named_arguments_do_not_fit_functions_of_javascript() {
        var json = "{\"func\":\"tasks.add\",\"args\":[1],\"kwds\":{\"b\":2}}";
        assertThat(problem("node", "apply", json, 422).path("type").asString())
                .isEqualTo(PROBLEM + "arguments-do-not-fit");
    }

    @Test
    void the_output_of_a_task_is_its_own() {
        for (int round = 0; round < 3; round++) {
            var text = "round " + round;
            var job =
                    service.finished(
                            "single",
                            "apply",
                            "{\"func\":\"tasks.say\",\"args\":[\"" + text + "\"]}");
            assertThat(job.at("/attempts/0/output_tail").asString()).isEqualTo(text + "\n");
            assertThat(job.at("/attempts/0/cpu_seconds").isNumber()).isTrue();
            assertThat(job.at("/attempts/0/peak_rss").asLong()).isGreaterThan(1 << 20);
        }
    }

    @Test
    void a_worker_is_replaced_after_so_many_tasks() {
        Set<String> pids = new TreeSet<>();
        for (int call = 0; call < 6; call++) {
            pids.add(apply("recycled", "{\"func\":\"tasks.pid\"}"));
        }
        assertThat(pids.size()).isBetween(3, 4);
    }

    @Test
    void a_worker_that_keeps_too_much_memory_is_replaced() throws Exception {
        var json = "{\"func\":\"tasks.keep_memory\",\"args\":[180000000]}";
        var before = apply("lean", json);
        Waiting.until(
                "another serves", () -> !apply("lean", "{\"func\":\"tasks.pid\"}").equals(before));
    }

    @Test
    void an_initializer_runs_first_and_its_failure_is_the_pools() throws Exception {
        assertThat(apply("prepared", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
        Waiting.until(
                "it is degraded",
                () -> pool("unprepared").at("/health/status").asString().equals("degraded"));
        assertThat(pool("unprepared").at("/health/cause").asString())
                .contains("tasks.broken_initializer failed: Error: cannot begin");
    }

    /** Of a program that nobody knows any variable may decide what it runs. */
    @Test
    void a_client_can_not_change_the_environment_of_a_command() {
        for (var env : java.util.List.of("{\"LUA_INIT\":\"x\"}", "{\"PLAIN\":\"x\"}")) {
            var answer = PatchTest.patch(service, "/v1/pools/node", "{\"env\":" + env + "}");
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(400);
            assertThat(answer.asString()).contains("env", "configures the service");
        }
    }

    /** The files that the command line names are watched: a program may come, change and break. */
    @Test
    void a_changed_program_takes_over_and_a_broken_one_does_not(@TempDir Path folder)
            throws Exception {
        var program = folder.resolve("greeter.js");
        var command = java.util.List.of("node", "src/test/node/worker.js", program.toString());
        var settings = NodePools.pool("late", command, "processes=1", "start-timeout=20");
        settings.add("--procpool.pools.default.processes=1");
        try (var own = Service.start(settings.toArray(String[]::new))) {
            Waiting.until(
                    "it can't start",
                    () -> health(own).path("cause").asString().contains("greeter.js"));
            assertThat(health(own).path("cause").asString())
                    .startsWith("the command node exited with status 1; it printed: ")
                    .contains("Cannot find module");
            for (var greeting : new String[] {"hello", "good morning"}) {
                Files.writeString(program, "exports.greet = () => '" + greeting + "';");
                Waiting.until(
                        "it says " + greeting, () -> greet(own).equals("\"" + greeting + "\""));
            }
            assertThat(health(own).path("status").asString()).isEqualTo("ok");
            Files.writeString(program, "this is no program");
            Waiting.until(
                    "it is degraded",
                    () -> health(own).path("status").asString().equals("degraded"));
            assertThat(greet(own)).as("the old worker serves on").isEqualTo("\"good morning\"");
        }
    }

    private static JsonNode health(Service own) {
        return Service.json(own.get("/v1/pools/late")).path("health");
    }

    private static String greet(Service own) {
        return own.post("/v1/pools/late/apply", "{\"func\":\"greeter.greet\"}").asString();
    }
}
