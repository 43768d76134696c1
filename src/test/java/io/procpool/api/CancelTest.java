package io.procpool.api;

import static io.procpool.api.Refusing.newest;
import static io.procpool.api.Refusing.problem;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Cancel ends what waits at once, what runs when its worker is gone, and changes nothing that has ended. */
class CancelTest {
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

    private static JsonNode cancel(String result) {
        var answer = service.post(result + "/cancel", "");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(202);
        assertThat("/v1/results/" + Service.json(answer).get("id").asString()).isEqualTo(result);
        return Service.json(answer);
    }

    private static void awaitRunning(String result) throws InterruptedException {
        Waiting.until(
                result + " runs",
                () -> "running".equals(service.get(result).jsonPath().getString("state")));
    }

    @Test
    void what_waits_is_cancelled_at_once_and_never_runs() throws IOException, InterruptedException {
        var ledger = Ledger.empty();
        try (var gate = new Gate()) {
            gate.occupy(pool);
            var result =
                    pool.submit(
                            "apply",
                            "{\"func\":\"api_functions.note\",\"args\":[" + ledger.json() + ",1]}");
            var answer = cancel(result);
            assertThat(answer.get("state").asString()).isEqualTo("cancelled");
            assertThat(answer.get("successful").asBoolean()).isFalse();
            assertThat(answer.get("started").isNull()).isTrue();
            problem(service.get(result + "/value"), 422, "cancelled");
            assertThat(service.get(result + "/successful").asString()).isEqualTo("false");
        }
        assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
        assertThat(ledger.lines()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"tasks.pid, 15", "api_functions.be_deaf, 9"})
    void what_runs_is_killed_and_the_pool_is_whole_again(String before, int signal)
            throws InterruptedException {
        pool.apply("{\"func\":\"" + before + "\"}").then().statusCode(200);
        var result = pool.submit("apply", "{\"func\":\"tasks.spin\"}");
        awaitRunning(result);
        cancel(result);
        var end = service.await(result);
        assertThat(end.get("state").asString()).isEqualTo("cancelled");
        assertThat(end.get("attempts").size()).isEqualTo(1);
        var attempt = end.get("attempts").get(0);
        // SIGTERM, unless it was starved for all of its grace.
        assertThat(attempt.get("signal").asInt()).isIn(signal, 9);
        assertThat(attempt.get("problem").get("type").asString()).endsWith(":cancelled");
        problem(service.get(result + "/value"), 422, "cancelled");
        assertThat(pool.value("apply", "{\"func\":\"tasks.pid\"}"))
                .isNotEqualTo(attempt.get("pid").asString());
    }

    @Test
    void a_map_is_cancelled_as_a_whole() throws IOException, InterruptedException {
        var ledger = Ledger.empty();
        try (var gate = new Gate()) {
            var items =
                    IntStream.range(0, 20)
                            .mapToObj(
                                    item ->
                                            "[%s,%d,%s]"
                                                    .formatted(ledger.json(), item, gate.json()))
                            .collect(joining(",", "[", "]"));
            var result =
                    pool.submit(
                            "starmap",
                            "{\"func\":\"api_functions.note_and_wait\",\"chunksize\":1,\"iterable\":"
                                    + items
                                    + "}");
            Waiting.until("the first item runs", () -> ledger.lines().equals(List.of("0")));
            cancel(result);
            assertThat(service.await(result).get("state").asString()).isEqualTo("cancelled");
        }
        assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
        assertThat(ledger.lines()).containsExactly("0");
    }

    @Test
    void a_sync_call_is_listed_while_it_runs_and_its_client_hears_of_the_cancel()
            throws InterruptedException {
        var before = newest(service).getFirst();
        var waiting = Later.request(() -> pool.apply("{\"func\":\"tasks.spin\"}"));
        Waiting.until("it is listed", () -> !newest(service).getFirst().equals(before));
        var result = "/v1/results/" + newest(service).getFirst();
        awaitRunning(result);
        cancel(result);
        var answer = waiting.join();
        problem(answer, 422, "cancelled");
        assertThat("/v1/results/" + answer.header("Procpool-Result")).isEqualTo(result);
    }

    @Test
    void what_has_ended_stays_as_it_is() {
        for (var body :
                new String[] {
                    "{\"func\":\"tasks.add\",\"args\":[1]}", "{\"func\":\"tasks.fail\"}"
                }) {
            var result = pool.submit("apply", body);
            service.await(result);
            var before = service.get(result).asString();
            var value = service.get(result + "/value").asString();
            assertThat(cancel(result).get("ready").asBoolean()).isTrue();
            assertThat(service.get(result).asString()).isEqualTo(before);
            assertThat(service.get(result + "/value").asString()).isEqualTo(value);
        }
    }

    @Test
    void a_cancel_that_comes_with_the_end_has_one_outcome_for_all() {
        for (int job = 0; job < 30; job++) {
            var result = pool.submit("apply", "{\"func\":\"tasks.nap\",\"args\":[0.004]}");
            service.get(result + "?wait=" + job % 12 * 0.001);
            cancel(result);
            var state = service.await(result).get("state").asString();
            assertThat(state).isIn("succeeded", "cancelled");
            for (int read = 0; read < 2; read++) {
                var value = service.get(result + "/value");
                if (state.equals("succeeded")) {
                    assertThat(value.asString()).isEqualTo("0.004");
                } else {
                    problem(value, 422, "cancelled");
                }
            }
        }
        assertThat(pool.value("apply", "{\"func\":\"tasks.add\",\"args\":[1]}")).isEqualTo("2");
    }

    @Test
    void to_cancel_twice_is_to_cancel_once() throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            gate.occupy(pool);
            var result = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
            cancel(result);
            var first = service.get(result).asString();
            cancel(result);
            assertThat(service.get(result).asString()).isEqualTo(first);
        }
    }

    @Test
    void a_forgotten_result_never_existed() {
        var result = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
        service.await(result);
        assertThat(service.delete(result).statusCode()).isEqualTo(204);
        problem(service.get(result), 404, "result-unknown");
        problem(service.get(result + "/value?timeout=30"), 404, "result-unknown");
        problem(service.post(result + "/cancel", ""), 404, "result-unknown");
        problem(service.delete(result), 404, "result-unknown");
        assertThat(newest(service)).doesNotContain(result.substring(12));
        var sync =
                "/v1/results/" + pool.apply("{\"func\":\"tasks.pid\"}").header("Procpool-Result");
        assertThat(service.delete(sync).statusCode()).isEqualTo(204);
        problem(service.get(sync), 404, "result-unknown");
    }
}
