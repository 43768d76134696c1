package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request with an Idempotency-Key has its effect once, however often it is sent. */
class IdempotencyTest {
    private static final String CALL = "{\"func\":\"tasks.add\",\"args\":[1]}";

    private final Service service = Service.shared();

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private Response send(String path, String key, String body) {
        return service.request()
                .header("Idempotency-Key", key)
                .contentType("application/json")
                .body(body)
                .post(path);
    }

    private static String id(Response response) {
        return response.header("Procpool-Result");
    }

    @Test
    void a_repeat_of_what_was_deleted_is_told_that_it_is_gone() {
        for (var verb : List.of("apply_async", "apply")) {
            var path = "/v1/pools/default/" + verb;
            var key = key();
            var result = "/v1/results/" + id(send(path, key, CALL));
            service.await(result);
            service.delete(result).then().statusCode(204);
            refused(service, () -> send(path, key, CALL), 410, "result-gone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply_async", "apply?wait=0", "map_async", "starmap_async"})
    void an_accepted_job_is_the_same_one_the_second_time(String verb) {
        var path = "/v1/pools/default/" + verb;
        var body =
                switch (verb) {
                    case "map_async" -> "{\"func\":\"tasks.add\",\"iterable\":[1,2]}";
                    case "starmap_async" -> "{\"func\":\"tasks.add\",\"iterable\":[[1,2]]}";
                    default -> CALL;
                };
        var key = key();
        var first = send(path, key, body);
        first.then().statusCode(202);
        assertThat(first.header("Idempotent-Replayed")).isNull();
        service.await(first.header("Location"));
        var second = send(path, key, body);
        second.then().statusCode(202);
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(Service.json(second).get("state").asString()).isEqualTo("succeeded");
        assertThat(id(send(path, key(), body))).isNotEqualTo(id(first));
    }

    @Test
    void many_at_once_are_one_job() {
        var key = key();
        var answers =
                Stream.generate(
                                () ->
                                        Later.request(
                                                () ->
                                                        send(
                                                                "/v1/pools/default/apply_async",
                                                                key,
                                                                CALL)))
                        .limit(20)
                        .toList()
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(202));
        assertThat(new HashSet<>(answers.stream().map(IdempotencyTest::id).toList())).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.header("Idempotent-Replayed") == null))
                .hasSize(1);
    }

    @Test
    void with_quotes_and_without_it_is_the_same_key() {
        var key = key();
        var first = send("/v1/pools/default/apply_async", key, CALL);
        var second = send("/v1/pools/default/apply_async", "\"" + key + "\"", CALL);
        assertThat(id(second)).isEqualTo(id(first));
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    }

    @Test
    void another_request_with_the_key_is_refused() {
        var key = key();
        var path = "/v1/pools/default/apply_async";
        var first = send(path, key, CALL);
        first.then().statusCode(202);
        for (var body : List.of(CALL + " ", CALL.replace("1", "2"), "{", "")) {
            var problem = refused(service, () -> send(path, key, body), 422, "key-reused");
            assertThat(problem.get("detail").asString()).contains(key);
        }
        for (var other :
                List.of(
                        "/v1/pools/default/apply",
                        "/v1/pools/default/map_async",
                        "/v1/batches",
                        path + "?x=1")) {
            refused(service, () -> send(other, key, CALL), 422, "key-reused");
        }
        assertThat(id(send(path, key, CALL))).isEqualTo(id(first));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\"\"",
                "a b",
                "\"a b\"",
                "\"a",
                "\"a\";p=1",
                "a\"b\", \"c\"",
                "ä",
                "\"a\\b\""
            })
    void a_key_that_is_none_is_refused(String key) {
        refusesKey(key);
    }

    private void refusesKey(String key) {
        for (var path :
                List.of(
                        "/v1/pools/default/apply",
                        "/v1/pools/default/apply_async",
                        "/v1/pools/default/imap",
                        "/v1/batches",
                        "/v1/quarantine/" + UUID.randomUUID() + "/release")) {
            var body = path.endsWith("release") ? "" : CALL;
            var problem = refused(service, () -> send(path, key, body), 400, "bad-request");
            assertThat(problem.get("detail").asString()).contains("Idempotency-Key");
        }
    }

    @Test
    void a_key_has_at_most_255_characters() {
        refusesKey("k".repeat(256));
        var longest = key() + "k".repeat(255 - 36);
        send("/v1/pools/default/apply_async", longest, CALL).then().statusCode(202);
    }

    @Test
    void two_keys_are_none() {
        var answer =
                service.request()
                        .header("Idempotency-Key", "a", "b")
                        .contentType("application/json")
                        .body(CALL)
                        .post("/v1/pools/default/apply_async");
        problem(answer, 400, "bad-request");
    }

    @Test
    void a_refused_request_has_not_used_its_key() {
        var key = key();
        var path = "/v1/pools/default/apply_async";
        refused(
                service,
                () -> send(path, key, "{\"func\":\"tasks.none\"}"),
                404,
                "function-unknown");
        refused(service, () -> send(path, key, "{\"func\":5}"), 400, "bad-request");
        send(path, key, CALL).then().statusCode(202);
    }

    @Test
    void a_sync_call_that_is_sent_again_joins_the_first_one()
            throws IOException, InterruptedException {
        try (var pool = OwnPool.ofProcesses(1);
                var gate = new Gate()) {
            var path = pool.path() + "/apply";
            var key = key();
            var impatient = send(path + "?wait=0.01", key, gate.call());
            impatient.then().statusCode(202);
            var joined = Later.request(() -> send(path, key, gate.call()));
            gate.open();
            var answer = joined.join();
            assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
            assertThat(answer.asString()).isEqualTo("\"open\"");
            assertThat(id(answer)).isEqualTo(id(impatient));
            var again = send(path, key, gate.call());
            assertThat(again.asString()).isEqualTo("\"open\"");
            assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(Service.json(service.get("/v1/results?pool=" + pool.name())).get("results"))
                    .hasSize(1);
        }
    }

    @Test
    void a_sync_call_that_fails_fails_the_same_way_the_second_time() {
        var key = key();
        var body = "{\"func\":\"tasks.fail\",\"args\":[\"why\"]}";
        var first = send("/v1/pools/default/apply", key, body);
        problem(first, 422, "function-raised");
        var second = send("/v1/pools/default/apply", key, body);
        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    }

    @Test
    void a_sync_call_of_a_pool_that_cannot_start_is_answered_and_goes_on() {
        try (var pool =
                OwnPool.of(
                        "{\"processes\":1,\"initializer\":\"tasks.fail\",\"start_timeout\":0.5}")) {
            var answer = send(pool.path() + "/apply", key(), CALL);
            answer.then().statusCode(202);
            assertThat(Service.json(answer).get("state").asString()).isEqualTo("pending");
        }
    }

    @Test
    void a_repeat_is_answered_though_its_pool_is_gone() {
        var key = key();
        String path;
        Response first;
        try (var pool = OwnPool.ofProcesses(1)) {
            path = pool.path() + "/apply";
            first = send(path, key, CALL);
            assertThat(first.asString()).isEqualTo("2");
        }
        var second = send(path, key, CALL);
        assertThat(second.asString()).isEqualTo("2");
        assertThat(id(second)).isEqualTo(id(first));
        refused(service, () -> send(path, key(), CALL), 404, "pool-unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "imap_unordered"})
    void a_stream_is_told_again(String verb) {
        var key = key();
        var path = "/v1/pools/default/" + verb;
        var body = "{\"func\":\"tasks.fail_if_odd\",\"iterable\":[0,1,2]}";
        var first = send(path, key, body);
        first.then().statusCode(200);
        assertThat(first.contentType()).isEqualTo("application/x-ndjson");
        var lines = first.asString().lines().toList();
        assertThat(lines).hasSize(4).last().isEqualTo("{\"summary\":{\"items\":3,\"failed\":1}}");
        if (verb.equals("imap")) {
            assertThat(lines.getFirst()).isEqualTo("{\"index\":0,\"value\":0}");
            assertThat(lines.get(1)).startsWith("{\"index\":1,\"error\":{");
        }
        var second = send(path, key, body);
        assertThat(second.asString()).isEqualTo(first.asString());
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(id(second)).isEqualTo(id(first));
        refused(service, () -> send(path, key, body + " "), 422, "key-reused");
    }

    @Test
    void with_json_lines_there_is_no_key() {
        for (var path :
                List.of("/v1/pools/default/imap", "/v1/pools/default/imap?wait=0", "/v1/batches")) {
            refused(
                    service,
                    () ->
                            service.request()
                                    .header("Idempotency-Key", key())
                                    .header("Content-Type", "application/x-ndjson; charset=UTF-8")
                                    .body(
                                            "{\"func\":\"tasks.add\"}\n1\n"
                                                    .getBytes(
                                                            java.nio.charset.StandardCharsets
                                                                    .UTF_8))
                                    .post(path),
                    400,
                    "bad-request");
        }
    }
}
