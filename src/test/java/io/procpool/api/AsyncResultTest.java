package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What multiprocessing's AsyncResult has: get, wait, ready, successful; and the resource with all there is to know. */
class AsyncResultTest {
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
    @CsvSource({"apply", "map", "starmap"})
    void an_async_verb_answers_202_with_the_resource_and_where_it_is(String verb) {
        var body =
                verb.equals("apply")
                        ? "{\"func\":\"tasks.add\",\"args\":[1]}"
                        : "{\"func\":\"tasks.add\",\"iterable\":[[1],[2]]}";
        var response = pool.post(verb + "_async", body);
        assertThat(response.statusCode()).isEqualTo(202);
        var resource = Service.json(response);
        var id = resource.get("id").asString();
        assertThat(response.header("Location")).isEqualTo("/v1/results/" + id);
        assertThat(response.header("Procpool-Result")).isEqualTo(id);
        assertThat(Integer.parseInt(response.header("Retry-After"))).isPositive();
        assertThat(response.header("ETag")).startsWith("\"").endsWith("\"");
        assertThat(response.contentType()).isEqualTo("application/json");
        assertThat(resource.get("verb").asString()).isEqualTo(verb);
        service.await("/v1/results/" + id);
    }

    @Test
    void the_resource_tells_everything_from_pending_to_its_end()
            throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var running = gate.occupy(pool);
            var pending =
                    pool.submit(
                            "map", "{\"func\":\"tasks.echo\",\"iterable\":[1,2],\"chunksize\":1}");
            var before = Service.json(service.get(pending));
            assertThat(before.get("id").asString()).isEqualTo(pending.substring(12));
            assertThat(before.get("pool").asString()).isEqualTo(pool.name());
            assertThat(before.get("verb").asString()).isEqualTo("map");
            assertThat(before.get("func").asString()).isEqualTo("tasks.echo");
            assertThat(before.get("items").asInt()).isEqualTo(2);
            state(before, "pending", false);
            assertThat(before.get("started").isNull()).isTrue();
            assertThat(before.get("attempts").size()).isZero();
            assertThat(before.get("labels").toString()).isEqualTo("{}");
            assertThat(before.get("progress").isNull()).isTrue();
            assertThat(before.get("links").get("value").asString()).isEqualTo(pending + "/value");
            assertThat(before.get("links").get("self").asString()).isEqualTo(pending);
            var middle = Service.json(service.get(running));
            state(middle, "running", false);
            assertThat(middle.get("items").asInt()).isEqualTo(1);
            assertThat(middle.get("started").isNull()).isFalse();

            gate.open();
            var after = service.await(pending);
            state(after, "succeeded", true);
            assertThat(after.get("successful").asBoolean()).isTrue();
            assertThat(after.get("done").asInt()).isEqualTo(2);
            assertThat(after.has("problem")).isFalse();
            assertThat(after.get("attempts").size()).isEqualTo(2);
            assertThat(instant(before, "created")).isEqualTo(instant(after, "created"));
            assertThat(instant(after, "created")).isBeforeOrEqualTo(instant(after, "started"));
            assertThat(instant(after, "started")).isBeforeOrEqualTo(instant(after, "finished"));
        }
    }

    private static void state(JsonNode resource, String state, boolean ready) {
        assertThat(resource.get("state").asString()).isEqualTo(state);
        assertThat(resource.get("ready").asBoolean()).isEqualTo(ready);
        assertThat(resource.get("successful").isNull()).isEqualTo(!ready);
        assertThat(resource.get("finished").isNull()).isEqualTo(!ready);
        if (!ready) {
            assertThat(resource.get("done").asInt()).isZero();
        }
    }

    private static Instant instant(JsonNode resource, String field) {
        return Instant.parse(resource.get(field).asString());
    }

    @Test
    void a_failure_is_told_by_resource_and_value_alike() {
        var result = pool.submit("apply", "{\"func\":\"tasks.fail\",\"args\":[\"why\"]}");
        var resource = service.await(result);
        state(resource, "failed", true);
        assertThat(resource.get("successful").asBoolean()).isFalse();
        assertThat(resource.get("problem").get("detail").asString()).isEqualTo("ValueError: why");
        assertThat(service.get(result + "/ready").asString()).isEqualTo("true");
        assertThat(service.get(result + "/successful").asString()).isEqualTo("false");
        for (int read = 0; read < 3; read++) {
            var value = service.get(result + "/value");
            var problem = problem(value, 422, "function-raised");
            assertThat(problem.get("instance").asString()).isEqualTo(result);
            assertThat(value.header("Procpool-Result")).isEqualTo(result.substring(12));
        }
    }

    @Test
    void value_answers_202_until_it_is_ready_and_200_ever_after()
            throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var result = gate.occupy(pool);
            for (var timeout : new String[] {"0", "-1", "-1e300", "0.0", "0.05"}) {
                var early = service.get(result + "/value?timeout=" + timeout);
                assertThat(early.statusCode()).isEqualTo(202);
                assertThat(early.header("Location")).isEqualTo(result);
                assertThat(early.header("Retry-After")).isNotBlank();
                assertThat(Service.json(early).get("state").asString()).isEqualTo("running");
            }
            assertThat(service.get(result + "/ready").asString()).isEqualTo("false");
            assertThat(service.get(result + "/wait?timeout=0").asString()).isEqualTo("false");
            gate.open();
            assertThat(service.get(result + "/wait").asString()).isEqualTo("true");
            assertThat(service.get(result + "/ready").asString()).isEqualTo("true");
            assertThat(service.get(result + "/successful").asString()).isEqualTo("true");
            for (int read = 0; read < 3; read++) {
                var value = service.get(result + "/value?timeout=0");
                assertThat(value.statusCode()).isEqualTo(200);
                assertThat(value.asString()).isEqualTo("\"open\"");
                assertThat(value.header("Procpool-Result")).isEqualTo(result.substring(12));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/value",
                "/value?timeout=30",
                "/value?timeout=1e9",
                "/value?timeout=Infinity",
                "/wait",
                "/wait?timeout=30",
                "?wait=30"
            })
    void who_waits_is_answered_when_it_is_ready(String query)
            throws IOException, InterruptedException {
        try (var gate = new Gate()) {
            var result = gate.occupy(pool);
            var answer = Later.request(() -> service.get(result + query));
            assertThat(service.get(result + "/ready").asString()).isEqualTo("false");
            assertThat(answer).isNotDone();
            gate.open();
            assertThat(answer.join().statusCode()).isEqualTo(200);
            assertThat(service.get(result + "/ready").asString()).isEqualTo("true");
            assertThat(answer.join().asString())
                    .isNotEqualTo("false")
                    .doesNotContain("\"ready\":false");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "x", "", "1s", "1d", "1f", "1,5", "0x10", "1 2"})
    void a_timeout_that_is_no_number_is_refused(String timeout) {
        var result = pool.submit("apply", "{\"func\":\"tasks.pid\"}");
        var encoded = timeout.replace(" ", "%20");
        for (var path : new String[] {"/value?timeout=", "/wait?timeout=", "?wait="}) {
            problem(service.get(result + path + encoded), 400, "bad-request");
        }
    }
}
