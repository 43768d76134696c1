package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not built yet is refused by its name: whoever asks for it would rely on it. */
class NotSupportedTest {
    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"labels\":{\"a\":\"b\"}",
                "\"delivery\":\"at_most_once\"",
                "\"eta\":\"2099-01-01T00:00:00Z\"",
                "\"countdown\":10",
                "\"callback\":{\"url\":\"http://localhost/\"}",
                "\"error_callback\":{\"url\":\"http://localhost/\"}",
                "\"retries\":1",
                "\"retries\":\"0\"",
                "\"retries\":{\"max\":2,\"on\":[\"worker-lost\"]}"
            })
    void a_field_of_durable_jobs_is_refused(String field) {
        var name = field.substring(1, field.indexOf('"', 1));
        for (var verb : new String[] {"apply", "apply_async"}) {
            refuse(verb, "{\"func\":\"tasks.pid\"," + field + "}", name);
        }
        for (var verb : new String[] {"map", "map_async", "starmap", "starmap_async"}) {
            refuse(verb, "{\"func\":\"tasks.pid\",\"iterable\":[]," + field + "}", name);
        }
    }

    private void refuse(String verb, String body, String name) {
        var problem =
                refused(
                        service,
                        () -> service.post("/v1/pools/default/" + verb, body),
                        400,
                        "not-supported");
        assertThat(problem.get("detail").asString()).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply", "apply_async", "map", "map_async", "starmap", "starmap_async"})
    void an_idempotency_key_is_refused(String verb) {
        var body =
                verb.startsWith("apply")
                        ? "{\"func\":\"tasks.pid\"}"
                        : "{\"func\":\"tasks.pid\",\"iterable\":[1]}";
        var problem =
                refused(
                        service,
                        () ->
                                service.request()
                                        .header("Idempotency-Key", "\"8e03978e\"")
                                        .contentType("application/json")
                                        .body(body)
                                        .post("/v1/pools/default/" + verb),
                        400,
                        "not-supported");
        assertThat(problem.get("detail").asString()).contains("Idempotency-Key");
    }

    @Test
    void the_listing_by_label_is_refused() {
        var problem = problem(service.get("/v1/results?label=a"), 400, "not-supported");
        assertThat(problem.get("detail").asString()).contains("label");
    }
}
