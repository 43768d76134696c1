package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not built yet is refused by its name: whoever asks for it would rely on it. */
class NotSupportedTest {
    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"callback\":{\"url\":\"http://localhost/\"}",
                "\"error_callback\":{\"url\":\"http://localhost/\"}",
                "\"callback\":null"
            })
    void a_field_of_callbacks_is_refused(String field) {
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
    @ValueSource(strings = {"/v1/pools/keyed", "/v1/results/01890a5d-ac96-774b-bcce-b302099a8057"})
    void an_idempotency_key_of_a_put_is_refused(String path) {
        var problem =
                refused(
                        service,
                        () ->
                                service.request()
                                        .header("Idempotency-Key", "k")
                                        .contentType("application/json")
                                        .body("{}")
                                        .put(path),
                        400,
                        "not-supported");
        assertThat(problem.get("detail").asString()).contains("Idempotency-Key");
        problem(service.get(path), 404, path.contains("pools") ? "pool-unknown" : "result-unknown");
    }
}
