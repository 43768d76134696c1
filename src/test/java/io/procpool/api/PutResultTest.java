package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A submission whose id the client has chosen. */
class PutResultTest {
    private static final String CALL =
            "{\"pool\":\"default\",\"verb\":\"apply\",\"func\":\"tasks.add\",\"args\":[1]}";

    private final Service service = Service.shared();

    private static String path() {
        return "/v1/results/" + UUID.randomUUID();
    }

    @Test
    void the_second_time_it_is_the_same_job() {
        var path = path();
        var first = service.put(path, CALL);
        first.then().statusCode(202);
        assertThat(first.header("Location")).isEqualTo(path);
        assertThat(Service.json(service.get(path + "/value?timeout=30")).asInt()).isEqualTo(2);
        for (var same :
                List.of(
                        path,
                        path.toUpperCase(java.util.Locale.ROOT)
                                .replace("/V1/RESULTS", "/v1/results"))) {
            var second = service.put(same, CALL);
            second.then().statusCode(200);
            assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(Service.json(second).get("state").asString()).isEqualTo("succeeded");
            assertThat(second.header("ETag")).isEqualTo(service.get(path).header("ETag"));
        }
        refused(service, () -> service.put(path, CALL + " "), 422, "key-reused");
        assertThat(service.get(path + "/value").asString()).isEqualTo("2");
    }

    @Test
    void an_id_that_is_taken_otherwise_is_refused() {
        var taken = service.post("/v1/pools/default/apply_async", "{\"func\":\"tasks.pid\"}");
        refused(service, () -> service.put(taken.header("Location"), CALL), 422, "key-reused");
    }

    @Test
    void nor_is_that_of_a_call_that_was_answered_taken() {
        var call = service.post("/v1/pools/default/apply", "{\"func\":\"tasks.pid\"}");
        var path = "/v1/results/" + call.header("Procpool-Result");
        refused(service, () -> service.put(path, CALL), 422, "key-reused");
        assertThat(service.get(path + "/value").asString()).isEqualTo(call.asString());
    }

    /** Else a key would be answered with another job's value. */
    @Test
    void no_job_gets_the_id_of_one_that_was_deleted() {
        var key = UUID.randomUUID().toString();
        var call = "{\"func\":\"tasks.add\",\"args\":[1]}";
        var first =
                service.request()
                        .header("Idempotency-Key", key)
                        .contentType("application/json")
                        .body(call)
                        .post("/v1/pools/default/apply");
        var path = "/v1/results/" + first.header("Procpool-Result");
        service.delete(path).then().statusCode(204);
        refused(service, () -> service.put(path, CALL), 410, "result-gone");
        service.get(path).then().statusCode(404);
    }

    @Test
    void what_was_deleted_is_gone() {
        var path = path();
        service.put(path, CALL).then().statusCode(202);
        service.await(path);
        service.delete(path).then().statusCode(204);
        refused(service, () -> service.put(path, CALL), 410, "result-gone");
    }

    @Test
    void a_repeat_is_answered_though_its_pool_is_gone() {
        var path = path();
        String body;
        try (var pool = OwnPool.ofProcesses(1)) {
            body = CALL.replace("default", pool.name());
            service.put(path, body).then().statusCode(202);
            service.await(path);
        }
        service.put(path, body).then().statusCode(200);
        refused(service, () -> service.put(path(), body), 404, "pool-unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000001",
                "ffffffff-ffff-ffff-ffff-fffffffffffe",
                "c232ab00-9414-11ec-b3c8-9f6bdeced846",
                "919108f7-52d1-3320-9bac-f847db4148a8"
            })
    void any_version_of_a_uuid_will_do(String id) {
        var path = "/v1/results/" + id;
        service.put(path, CALL);
        assertThat(service.get(path + "/value").asString()).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1",
                "c232ab00941411ecb3c89f6bdeced846",
                "1-1-1-1-1",
                "%20",
                "c232ab00-9414-11ec-b3c8-9f6bdeced84g"
            })
    void what_is_no_uuid_is_refused(String id) {
        refused(service, () -> service.put("/v1/results/" + id, CALL), 400, "bad-request");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "pool; {\"verb\":\"apply\",\"func\":\"tasks.pid\"}",
                "pool; {\"pool\":null,\"verb\":\"apply\",\"func\":\"tasks.pid\"}",
                "pool; {\"pool\":1,\"verb\":\"apply\",\"func\":\"tasks.pid\"}",
                "verb; {\"pool\":\"default\",\"func\":\"tasks.pid\"}",
                "verb; {\"pool\":\"default\",\"verb\":null,\"func\":\"tasks.pid\"}",
                "verb; {\"pool\":\"default\",\"verb\":5,\"func\":\"tasks.pid\"}",
                "verb; {\"pool\":\"default\",\"verb\":\"Apply\",\"func\":\"tasks.pid\"}",
                "verb; {\"pool\":\"default\",\"verb\":\"imap_async\",\"func\":\"tasks.pid\",\"iterable\":[]}",
                "func; {\"pool\":\"default\",\"verb\":\"apply\"}",
                "iterable; {\"pool\":\"default\",\"verb\":\"map\",\"func\":\"tasks.pid\"}",
                "iterable; {\"pool\":\"default\",\"verb\":\"imap\",\"func\":\"tasks.pid\"}",
                "id; {\"pool\":\"default\",\"verb\":\"apply\",\"func\":\"tasks.pid\",\"id\":1}",
                "body; []",
                "body; "
            })
    void what_is_wrong_is_named(String field, String body) {
        var text = body == null ? "" : body;
        var problem = refused(service, () -> service.put(path(), text), 400, "bad-request");
        assertThat(problem.get("detail").asString()).contains(field);
    }

    @ParameterizedTest
    @CsvSource({
        "apply, 2",
        "apply_async, 2",
        "map, '[2,3]'",
        "map_async, '[2,3]'",
        "starmap, '[3]'",
        "starmap_async, '[3]'"
    })
    void every_verb_can_be_asked_for(String verb, String value) {
        var path = path();
        var input =
                switch (verb.substring(0, 3)) {
                    case "app" -> "\"args\":[1]";
                    case "map" -> "\"iterable\":[1,2]";
                    default -> "\"iterable\":[[1,2]]";
                };
        var body =
                "{\"pool\":\"default\",\"verb\":\""
                        + verb
                        + "\",\"func\":\"tasks.add\","
                        + input
                        + "}";
        service.put(path, body).then().statusCode(202);
        assertThat(service.get(path + "/value").asString()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "imap_unordered"})
    void the_values_of_a_stream_are_kept(String verb) {
        var path = path();
        var body =
                "{\"pool\":\"default\",\"verb\":\""
                        + verb
                        + "\",\"func\":\"tasks.add\",\"iterable\":[1,2]}";
        service.put(path, body).then().statusCode(202);
        assertThat(Service.json(service.get(path + "/value")).get("values").toString())
                .isEqualTo("[2,3]");
        assertThat(service.get(path + "/stream").asString())
                .endsWith("{\"summary\":{\"items\":2,\"failed\":0}}\n");
    }

    @Test
    void it_must_be_json() {
        var answer = service.request().contentType("text/plain").body(CALL).put(path());
        problem(answer, 415, "wrong-media-type");
    }
}
