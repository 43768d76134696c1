package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** timeout: how long a task may run. expires_in: how long a job may wait. priority: who goes first. */
class DeadlinesTest {
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

    @ParameterizedTest
    @CsvSource({"tasks.pid, 15", "api_functions.be_deaf, 9"})
    void a_task_that_runs_too_long_is_killed(String before, int signal) {
        pool.apply("{\"func\":\"" + before + "\"}").then().statusCode(200);
        var response = pool.apply("{\"func\":\"tasks.spin\",\"timeout\":0.25}");
        var problem = problem(response, 422, "timed-out");
        assertThat(problem.get("timeout").asDouble()).isEqualTo(0.25);
        var result = Service.json(service.get("/v1/results/" + response.header("Procpool-Result")));
        assertThat(result.get("state").asString()).isEqualTo("failed");
        assertThat(result.get("attempts").get(0).get("signal").asInt()).isIn(signal, 9);
        assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
    }

    @Test
    void the_timeout_is_a_tasks_and_not_the_jobs() {
        var naps = "[0.4,0.4,0.4,0.4]";
        var result =
                pool.finished(
                        "map",
                        "{\"func\":\"tasks.nap\",\"iterable\":" + naps + ",\"timeout\":1.5}");
        assertThat(result.get("state").asString()).isEqualTo("succeeded");
        assertThat(result.get("attempts").valueStream())
                .hasSize(4)
                .allMatch(attempt -> attempt.get("items").asInt() == 1);
    }

    @Test
    void with_a_chunksize_it_is_the_chunks() {
        var body =
                "{\"func\":\"api_functions.burn\",\"iterable\":[0.5,0.5],\"timeout\":0.7,\"chunksize\":2}";
        problem(pool.map(body), 422, "timed-out");
    }

    @Test
    void the_pools_task_timeout_is_for_those_who_give_none() {
        try (var own = OwnPool.of("{\"processes\":1,\"task_timeout\":0.25,\"grace\":0.1}")) {
            var problem = problem(own.apply("{\"func\":\"tasks.spin\"}"), 422, "timed-out");
            assertThat(problem.get("timeout").asDouble()).isEqualTo(0.25);
            assertThat(own.value("apply", "{\"func\":\"tasks.nap\",\"args\":[0.3],\"timeout\":60}"))
                    .isEqualTo("0.3");
        }
    }

    @Test
    void what_has_not_started_in_time_expires_and_never_runs()
            throws IOException, InterruptedException {
        var ledger = Ledger.empty();
        try (var gate = new Gate()) {
            gate.occupy(pool);
            var note =
                    "{\"func\":\"api_functions.note\",\"args\":["
                            + ledger.json()
                            + ",1],\"expires_in\":0.05}";
            var result = pool.submit("apply", note);
            var end = service.await(result);
            assertThat(end.get("state").asString()).isEqualTo("expired");
            assertThat(end.get("started").isNull()).isTrue();
            assertThat(end.get("successful").asBoolean()).isFalse();
            var problem = problem(service.get(result + "/value"), 422, "expired");
            assertThat(problem.get("expires_in").asDouble()).isEqualTo(0.05);
            problem(pool.apply(note), 422, "expired");
        }
        assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
        assertThat(ledger.lines()).isEmpty();
    }

    @Test
    void what_has_started_in_time_does_not_expire() throws IOException, InterruptedException {
        pool.awaitIdle(1);
        try (var gate = new Gate()) {
            var body = gate.call().replace("}", ",\"expires_in\":1}");
            var running = pool.submit("apply", body);
            until(
                    "it runs",
                    () -> service.get(running).jsonPath().getString("state").equals("running"));
            var later = pool.submit("apply", "{\"func\":\"tasks.pid\",\"expires_in\":1}");
            assertThat(service.await(later).get("state").asString()).isEqualTo("expired");
            assertThat(service.get(running + "/ready").asString()).isEqualTo("false");
            gate.open();
            assertThat(service.await(running).get("state").asString()).isEqualTo("succeeded");
        }
    }

    @Test
    void higher_priorities_go_first_and_equals_in_their_order()
            throws IOException, InterruptedException {
        var ledger = Ledger.empty();
        try (var gate = new Gate()) {
            gate.occupy(pool);
            var priorities = new String[] {"-5", "null", "100", "0", "-100", "7", "100", "1"};
            for (int job = 0; job < priorities.length; job++) {
                var priority = priorities[job];
                pool.submit(
                        "apply",
                        "{\"func\":\"api_functions.note\",\"args\":[%s,\"%s #%d\"],\"priority\":%s}"
                                .formatted(ledger.json(), priority, job, priority));
            }
        }
        var last = "{\"func\":\"tasks.add\",\"args\":[1],\"priority\":-100}";
        assertThat(pool.value("apply", last)).isEqualTo("2");
        assertThat(ledger.lines())
                .containsExactly(
                        "100 #2", "100 #6", "7 #5", "1 #7", "null #1", "0 #3", "-5 #0", "-100 #4");
    }
}
