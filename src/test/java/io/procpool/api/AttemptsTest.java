package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The evidence of what ran: by whom, how long, with what memory, what it printed and how its worker ended. */
class AttemptsTest {
    private static final int TAIL = 64 * 1024;

    private static OwnPool pool;
    private static Service service;

    @BeforeAll
    static void open() {
        pool = OwnPool.ofProcesses(1);
        service = pool.service();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static JsonNode attempt(String body) {
        var attempts = pool.finished("apply", body).get("attempts");
        assertThat(attempts.size()).isEqualTo(1);
        return attempts.get(0);
    }

    @Test
    void an_attempt_tells_who_ran_it_and_when() {
        var result = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
        var resource = service.await(result);
        var attempt = resource.get("attempts").get(0);
        assertThat(attempt.get("n").asInt()).isEqualTo(1);
        assertThat(attempt.get("pid").asString())
                .isEqualTo(service.get(result + "/value").asString());
        assertThat(attempt.get("exitcode").isNull()).isTrue();
        assertThat(attempt.get("signal").isNull()).isTrue();
        assertThat(attempt.get("problem").isNull()).isTrue();
        assertThat(attempt.get("output_tail").asString()).isEmpty();
        assertThat(attempt.get("output_truncated").asBoolean()).isFalse();
        assertThat(Instant.parse(attempt.get("started").asString()))
                .isBeforeOrEqualTo(Instant.parse(attempt.get("finished").asString()))
                .isEqualTo(Instant.parse(resource.get("started").asString()));
    }

    @Test
    void cpu_time_and_peak_memory_are_the_tasks() {
        var burnt = attempt("{\"func\":\"api_functions.burn\",\"args\":[0.2]}");
        assertThat(burnt.get("cpu_seconds").asDouble()).isBetween(0.2, 20.0);
        var slept = attempt("{\"func\":\"tasks.nap\",\"args\":[0.05]}");
        assertThat(slept.get("cpu_seconds").asDouble())
                .isLessThan(burnt.get("cpu_seconds").asDouble());
        var large = attempt("{\"func\":\"api_functions.use_memory\",\"args\":[64]}");
        assertThat(large.get("peak_rss").asLong()).isGreaterThan(64L << 20);
        assertThat(slept.get("peak_rss").asLong()).isBetween(1L << 20, 64L << 20);
    }

    @Test
    void what_a_function_prints_is_its_attempts_and_nobody_elses() {
        var said = attempt("{\"func\":\"tasks.say\",\"args\":[\"héllo\"]}");
        assertThat(said.get("output_tail").asString()).isEqualTo("héllo\n");
        assertThat(said.get("output_truncated").asBoolean()).isFalse();
        var silent = attempt("{\"func\":\"tasks.pid\"}");
        assertThat(silent.get("output_tail").asString()).isEmpty();
        var sync = pool.apply("{\"func\":\"tasks.say\",\"args\":[\"sync\"]}");
        var resource = Service.json(service.get("/v1/results/" + sync.header("Procpool-Result")));
        assertThat(resource.get("attempts").get(0).get("output_tail").asString())
                .isEqualTo("sync\n");
    }

    @Test
    void of_a_flood_the_end_is_kept() {
        var flood = attempt("{\"func\":\"api_functions.flood\",\"args\":[50000]}"); // 5 MB
        var tail = flood.get("output_tail").asString();
        assertThat(tail).hasSize(TAIL).endsWith("049999\nthe last line\n");
        assertThat(flood.get("output_truncated").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "tasks.exit_now, 7, 7,",
        "tasks.exit_now, 0, 0,",
        "tasks.kill_me, 9, , 9",
        "tasks.kill_me, 15, , 15",
        "tasks.segfault, , , 11"
    })
    void a_lost_worker_is_told_with_its_exit_code_or_signal(
            String func, String argument, Integer exitcode, Integer signal) {
        var response =
                pool.apply(
                        "{\"func\":\"%s\",\"args\":[%s]}"
                                .formatted(func, argument == null ? "" : argument));
        var problem = problem(response, 422, "worker-lost");
        how(problem, exitcode, signal);
        var result = Service.json(service.get("/v1/results/" + response.header("Procpool-Result")));
        assertThat(result.get("state").asString()).isEqualTo("failed");
        how(result.get("problem"), exitcode, signal);
        var attempt = result.get("attempts").get(0);
        how(attempt, exitcode, signal);
        how(attempt.get("problem"), exitcode, signal);
        assertThat(problem.get("reason").asString())
                .isEqualTo(signal == null ? "crash_exit" : "crash_signal");
        assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
    }

    private static void how(JsonNode told, Integer exitcode, Integer signal) {
        assertThat(told.path("exitcode").asString(""))
                .isEqualTo(exitcode == null ? "" : exitcode.toString());
        assertThat(told.path("signal").asString(""))
                .isEqualTo(signal == null ? "" : signal.toString());
    }

    @Test
    void a_lost_worker_leaves_what_it_has_printed() {
        var response = pool.apply("{\"func\":\"api_functions.say_and_die\",\"args\":[\"last\"]}");
        var problem = problem(response, 422, "worker-lost");
        assertThat(problem.get("exitcode").asInt()).isEqualTo(3);
        assertThat(problem.get("output_tail").asString()).contains("and an error\n");
    }

    @Test
    void of_many_attempts_the_failed_ones_and_the_last_are_kept() {
        var items = "[" + "0,".repeat(300) + "1" + ",0".repeat(299) + "]";
        var result =
                pool.finished(
                        "map",
                        "{\"func\":\"tasks.fail_if_odd\",\"errors\":\"first\",\"chunksize\":1,\"iterable\":"
                                + items
                                + "}");
        assertThat(result.get("state").asString()).isEqualTo("failed");
        var attempts = result.get("attempts").valueStream().toList();
        assertThat(attempts.size()).isBetween(2, 100);
        assertThat(attempts.stream().filter(attempt -> !attempt.get("problem").isNull()))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.get("first_item").asInt()).isEqualTo(300));
    }
}
