package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.InFlight;
import io.procpool.service.Service;
import io.procpool.service.Waiting;
import io.restassured.response.Response;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Many submissions in one request. */
class BatchTest {
    private static final String ADD = add("default", 1);
    private static final String UNKNOWN = ADD.replace("tasks.add", "tasks.none");

    private final Service service = Service.shared();

    private static String add(String pool, int a) {
        return "{\"pool\":\""
                + pool
                + "\",\"verb\":\"apply\",\"func\":\"tasks.add\",\"args\":["
                + a
                + "]}";
    }

    private Response json(String body) {
        return service.post("/v1/batches", body);
    }

    private Response lines(String query, byte[] body) {
        return service.request()
                .header("Content-Type", "application/x-ndjson")
                .body(body)
                .post("/v1/batches" + query);
    }

    private static List<JsonNode> results(Response response) {
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(202);
        return Service.json(response).get("results").valueStream().toList();
    }

    private static String slug(JsonNode entry) {
        assertThat(entry.has("id")).isFalse();
        return entry.get("problem").get("type").asString().replace("urn:procpool:problem:", "");
    }

    private String value(JsonNode entry) {
        assertThat(entry.has("problem")).as(entry.toString()).isFalse();
        return service.get("/v1/results/" + entry.get("id").asString() + "/value").asString();
    }

    @Test
    void all_verbs_and_pools_go_in_one_batch_and_are_answered_in_order() {
        try (var own = OwnPool.ofProcesses(1)) {
            var batch =
                    List.of(
                            ADD,
                            add(own.name(), 2),
                            "{\"pool\":\"default\",\"verb\":\"map\",\"func\":\"tasks.add\",\"iterable\":[1,2]}",
                            "{\"pool\":\"default\",\"verb\":\"starmap_async\",\"func\":\"tasks.add\",\"iterable\":[[1,2]]}",
                            "{\"pool\":\"default\",\"verb\":\"imap\",\"func\":\"tasks.add\",\"iterable\":[1]}");
            var all = List.of("2", "3", "[2,3]", "[3]", "{\"values\":[2],\"errors\":[]}");
            var text = String.join(",", batch);
            for (var answer :
                    List.of(
                            json("[" + text + "]"),
                            json(" \n[" + text + "]"),
                            json("{\"submissions\":[" + text + "]}"),
                            json("{\"atomic\":true,\"submissions\":[" + text + "]}"),
                            lines("", String.join("\n", batch).getBytes(UTF_8)),
                            lines(
                                    "?atomic=true",
                                    ("\r\n" + String.join("\r\n\r\n", batch) + "\n")
                                            .getBytes(UTF_8)))) {
                assertThat(results(answer).stream().map(this::value).toList()).isEqualTo(all);
            }
        }
    }

    @Test
    void an_empty_batch_is_one() {
        for (var body :
                List.of("[]", "{\"submissions\":[]}", "{\"submissions\":[],\"atomic\":true}")) {
            assertThat(json(body).asString()).isEqualTo("{\"results\":[]}");
        }
        assertThat(lines("", "".getBytes(UTF_8)).asString()).isEqualTo("{\"results\":[]}");
        assertThat(lines("", "\n \n".getBytes(UTF_8)).asString()).isEqualTo("{\"results\":[]}");
    }

    @Test
    void what_is_bad_is_told_in_its_place_and_the_others_are_taken() {
        var entries =
                results(
                        json(
                                "["
                                        + String.join(
                                                ",",
                                                ADD,
                                                UNKNOWN,
                                                "5",
                                                "null",
                                                "[" + ADD + "]",
                                                "{}",
                                                ADD.replace("default", "nowhere"),
                                                ADD.replace("\"args\"", "\"Args\""),
                                                ADD.replace("}", ",\"callback\":{}}"),
                                                ADD)
                                        + "]"));
        assertThat(entries.stream().skip(1).limit(8).map(BatchTest::slug))
                .containsExactly(
                        "function-unknown",
                        "bad-request",
                        "bad-request",
                        "bad-request",
                        "bad-request",
                        "pool-unknown",
                        "bad-request",
                        "not-supported");
        assertThat(value(entries.getFirst())).isEqualTo("2");
        assertThat(value(entries.getLast())).isEqualTo("2");
        assertThat(entries.get(7).get("problem").get("detail").asString()).contains("Args");
    }

    @Test
    void a_line_that_is_no_json_is_bad_by_itself() {
        var body = new ByteArrayOutputStream();
        for (var line :
                List.of(
                        ADD.getBytes(UTF_8),
                        "{\"pool\":".getBytes(UTF_8),
                        (ADD + ADD).getBytes(UTF_8),
                        ADD.replace("}", ",\"args\":[2]}").getBytes(UTF_8),
                        new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
                        ("{\"a\":" + "[".repeat(600) + "]".repeat(600) + "}").getBytes(UTF_8),
                        ADD.getBytes(UTF_8))) {
            body.writeBytes(line);
            body.write('\n');
        }
        var entries = results(lines("", body.toByteArray()));
        assertThat(entries.stream().skip(1).limit(5).map(BatchTest::slug))
                .isEqualTo(Collections.nCopies(5, "bad-request"));
        assertThat(value(entries.getFirst())).isEqualTo("2");
        assertThat(value(entries.getLast())).isEqualTo("2");
        refused(service, () -> lines("?atomic=true", body.toByteArray()), 400, "batch-refused");
    }

    @Test
    void all_can_be_bad() {
        assertThat(results(json("[" + UNKNOWN + ",1]")).stream().map(BatchTest::slug))
                .containsExactly("function-unknown", "bad-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?atomic=true [%s]",
                " {\"atomic\":true,\"submissions\":[%s]}",
                "?atomic=true {\"submissions\":[%s]}"
            })
    void of_an_atomic_one_all_are_taken_or_none(String form) {
        var parts = form.split(" ", 2);
        var bad = parts[1].formatted(ADD + "," + UNKNOWN + "," + ADD + ",7");
        var problem =
                refused(
                        service,
                        () -> service.post("/v1/batches" + parts[0], bad),
                        400,
                        "batch-refused");
        var problems = problem.get("problems");
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0).get("index").asInt()).isEqualTo(1);
        assertThat(problems.get(0).get("problem").get("status").asInt()).isEqualTo(404);
        assertThat(problems.get(1).get("index").asInt()).isEqualTo(3);
        var good = service.post("/v1/batches" + parts[0], parts[1].formatted(ADD + "," + ADD));
        assertThat(results(good).stream().map(this::value)).containsExactly("2", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "null",
                "\"[]\"",
                "{}",
                "[",
                "[1,]",
                "[1}",
                "[] []",
                "[{\"a\":1,\"a\":2}]",
                "{\"submissions\":null}",
                "{\"submissions\":{}}",
                "{\"submissions\":[],\"atomic\":1}",
                "{\"submissions\":[],\"Atomic\":true}",
                "{\"submissions\":[],\"submissions\":[]}",
                "{\"pool\":\"default\",\"verb\":\"apply\",\"func\":\"tasks.pid\"}"
            })
    void a_body_that_is_no_batch_is_refused(String body) {
        refused(service, () -> json(body), 400, "bad-request");
    }

    @Test
    void a_body_with_bytes_that_are_no_utf8_is_refused() {
        var body = ("[" + ADD.replace("1", "\"?\"") + "," + ADD + "]").getBytes(UTF_8);
        body[new String(body, UTF_8).indexOf('?')] = (byte) 0xc0;
        refused(
                service,
                () ->
                        service.request()
                                .header("Content-Type", "application/json")
                                .body(body)
                                .post("/v1/batches"),
                400,
                "bad-request");
    }

    @Test
    void parameters_and_types_that_are_wrong_are_refused() {
        for (var query :
                List.of("?atomic=1", "?atomic=", "?atomic=true&atomic=true", "?wait=1", "?x=")) {
            refused(
                    service,
                    () -> service.post("/v1/batches" + query, "[" + ADD + "]"),
                    400,
                    "bad-request");
        }
        refused(
                service,
                () ->
                        service.post(
                                "/v1/batches?atomic=false",
                                "{\"atomic\":true,\"submissions\":[" + ADD + "]}"),
                400,
                "bad-request");
        problem(
                service.request().contentType("text/plain").body("[]").post("/v1/batches"),
                415,
                "wrong-media-type");
        problem(service.get("/v1/batches"), 405, "method-not-allowed");
    }

    @Test
    void ten_thousand_are_taken_and_not_one_more() {
        try (var own = OwnPool.ofProcesses(1)) {
            var empty =
                    "{\"pool\":\""
                            + own.name()
                            + "\",\"verb\":\"map\",\"func\":\"tasks.add\",\"iterable\":[]}";
            var most = Collections.nCopies(10_000, empty);
            var more = Collections.nCopies(10_001, empty);
            refused(service, () -> json("[" + String.join(",", more) + "]"), 400, "bad-request");
            refused(
                    service,
                    () -> lines("", String.join("\n", more).getBytes(UTF_8)),
                    400,
                    "bad-request");
            var ids = results(lines("?atomic=true", String.join("\n", most).getBytes(UTF_8)));
            assertThat(ids).hasSize(10_000);
            assertThat(
                            new HashSet<>(
                                    ids.stream().map(entry -> entry.get("id").asString()).toList()))
                    .hasSize(10_000);
            assertThat(
                            service.await("/v1/results/" + ids.getLast().get("id").asString())
                                    .get("state")
                                    .asString())
                    .isEqualTo("succeeded");
        }
    }

    private Response keyed(String key, String body) {
        return service.request()
                .header("Idempotency-Key", key)
                .contentType("application/json")
                .body(body)
                .post("/v1/batches");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%1$s,%2$s]", "[%2$s]", "[]", "{\"submissions\":[%1$s,5]}"})
    void with_a_key_the_first_answer_is_told_again_byte_for_byte(String form) {
        var key = UUID.randomUUID().toString();
        var body = form.formatted(ADD, UNKNOWN);
        var first = keyed(key, body);
        first.then().statusCode(202);
        assertThat(first.header("Idempotent-Replayed")).isNull();
        results(first).stream().filter(entry -> entry.has("id")).forEach(this::value);
        var second = keyed(key, body);
        second.then().statusCode(202);
        assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(second.asByteArray()).isEqualTo(first.asByteArray());
        refused(service, () -> keyed(key, body + " "), 422, "key-reused");
    }

    @Test
    void an_atomic_batch_that_was_refused_has_not_used_its_key() {
        var key = UUID.randomUUID().toString();
        var bad = "{\"atomic\":true,\"submissions\":[" + ADD + "," + UNKNOWN + "]}";
        refused(service, () -> keyed(key, bad), 400, "batch-refused");
        results(keyed(key, "[" + ADD + "]"));
    }

    @Test
    void all_memory_is_given_back() throws InterruptedException {
        try (var own = Service.start("--procpool.pools.default.processes=1")) {
            var inFlight = own.bean(InFlight.class);
            var text =
                    ADD
                            + ","
                            + UNKNOWN
                            + ","
                            + ADD.replace("[1]", "[\"" + "x".repeat(100_000) + "\"]");
            for (var body :
                    List.of(
                            "[" + text + "]",
                            "{\"atomic\":true,\"submissions\":[" + text + "]}",
                            "[",
                            "[" + ADD + "]")) {
                own.post("/v1/batches", body);
            }
            for (int time = 0; time < 2; time++) {
                own.request()
                        .header("Idempotency-Key", "k")
                        .contentType("application/json")
                        .body("[" + text + "]")
                        .post("/v1/batches")
                        .then()
                        .statusCode(202);
            }
            Waiting.until("nothing is held", () -> inFlight.held() == 0);
            assertThat(own.get("/v1/results?limit=1000").jsonPath().getList("results")).hasSize(5);
        }
    }
}
