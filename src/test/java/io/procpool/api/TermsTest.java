package io.procpool.api;

import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** On which terms a job is taken: retries, labels, delivery, time. What is wrong with them is refused by its name. */
class TermsTest {
    private final Service service = Service.shared();

    private JsonNode bad(String verb, String body) {
        return refused(
                service, () -> service.post("/v1/pools/default/" + verb, body), 400, "bad-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"retries\":-1",
                "\"retries\":101",
                "\"retries\":1.5",
                "\"retries\":\"2\"",
                "\"retries\":true",
                "\"retries\":[2]",
                "\"retries\":{}",
                "\"retries\":{\"max\":null}",
                "\"retries\":{\"max\":-1}",
                "\"retries\":{\"max\":101}",
                "\"retries\":{\"max\":\"1\"}",
                "\"retries\":{\"backoff\":1}",
                "\"retries\":{\"max\":1,\"backoff\":-1}",
                "\"retries\":{\"max\":1,\"backoff\":3600.1}",
                "\"retries\":{\"max\":1,\"backoff\":\"1s\"}",
                "\"retries\":{\"max\":1,\"on\":\"worker-lost\"}",
                "\"retries\":{\"max\":1,\"on\":[]}",
                "\"retries\":{\"max\":1,\"on\":[1]}",
                "\"retries\":{\"max\":1,\"on\":[\"cancelled\"]}",
                "\"retries\":{\"max\":1,\"on\":[\"worker-lost\",\"all\"]}",
                "\"retries\":{\"max\":1,\"jitter\":1}",
                "\"labels\":[]",
                "\"labels\":\"a\"",
                "\"labels\":{\"\":\"x\"}",
                "\"labels\":{\"a b\":\"x\"}",
                "\"labels\":{\"ä\":\"x\"}",
                "\"labels\":{\"a\":1}",
                "\"labels\":{\"a\":null}",
                "\"labels\":{\"a\":{}}",
                "\"labels\":{\"a\":\"\\u0000\"}",
                "\"labels\":{\"a\":\"\\ud800\"}"
            })
    void terms_that_are_wrong_are_named(String field) {
        refusesField("apply", field);
        refusesField("apply_async", field);
    }

    private void refusesField(String verb, String field) {
        var name = field.substring(1, field.indexOf('"', 1));
        var body = "{\"func\":\"tasks.pid\"," + field + "}";
        assertThat(bad(verb, body).get("detail").asString()).contains("\"" + name + "\"");
    }

    @Test
    void labels_have_bounds() {
        var name = "n".repeat(64);
        refusesField("apply_async", "\"labels\":{\"" + name + "\":\"x\"}");
        refusesField("apply_async", "\"labels\":{\"a\":\"" + "v".repeat(256) + "\"}");
        var many =
                IntStream.range(0, 33)
                        .mapToObj(label -> "\"l" + label + "\":\"\"")
                        .collect(Collectors.joining(","));
        refusesField("apply_async", "\"labels\":{" + many + "}");
        var most = many.substring(0, many.lastIndexOf(','));
        var longest = "\"" + name.substring(1) + "\":\"" + "🦊".repeat(255) + "\"";
        for (var labels : new String[] {most, longest}) {
            var body = "{\"func\":\"tasks.pid\",\"labels\":{" + labels + "}}";
            var accepted = service.post("/v1/pools/default/apply_async", body);
            assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
            assertThat(Service.json(accepted).get("labels")).hasSize(labels.equals(most) ? 32 : 1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"delivery\":\"exactly_once\"",
                "\"delivery\":\"AT_MOST_ONCE\"",
                "\"delivery\":1",
                "\"eta\":\"\"",
                "\"eta\":\"tomorrow\"",
                "\"eta\":4070908800",
                "\"eta\":\"2099-01-01\"",
                "\"eta\":\"2099-01-01T00:00Z\"",
                "\"eta\":\"2099-01-01T00:00:00\"",
                "\"eta\":\"2099-13-01T00:00:00Z\"",
                "\"eta\":\"+12099-01-01T00:00:00Z\"",
                "\"countdown\":-1",
                "\"countdown\":\"1\"",
                "\"countdown\":1e9",
                "\"eta\":\"2099-01-01T00:00:00Z\",\"countdown\":1",
                "\"retries\":1,\"delivery\":\"at_most_once\"",
                "\"retries\":{\"max\":1,\"on\":[\"function-raised\"]},\"delivery\":\"at_most_once\""
            })
    void terms_of_accepted_jobs_that_are_wrong_are_named(String field) {
        refusesField("apply_async", field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"delivery\":\"at_least_once\"",
                "\"delivery\":\"at_most_once\"",
                "\"eta\":\"2099-01-01T00:00:00Z\"",
                "\"countdown\":0"
            })
    void terms_of_accepted_jobs_are_refused_of_those_that_are_not(String field) {
        for (var verb : new String[] {"apply", "apply?wait=1"}) {
            refusesField(verb, field);
        }
        var name = field.substring(1, field.indexOf('"', 1));
        for (var verb : new String[] {"map", "starmap", "imap", "imap_unordered"}) {
            var body = "{\"func\":\"tasks.pid\",\"iterable\":[1]," + field + "}";
            assertThat(bad(verb, body).get("detail").asString()).contains(name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"retries\":100",
                "\"retries\":null,\"labels\":null",
                "\"retries\":{\"max\":0,\"backoff\":3600,\"on\":[\"timed-out\",\"timed-out\"]}",
                "\"retries\":{\"max\":1,\"backoff\":null,\"on\":null}"
            })
    void terms_that_are_right_pass_with_every_verb(String field) {
        var body = "{\"func\":\"tasks.add\",\"args\":[1]," + field + "}";
        assertThat(service.post("/v1/pools/default/apply", body).asString()).isEqualTo("2");
        assertThat(service.finished("default", "apply", body).get("state").asString())
                .isEqualTo("succeeded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"delivery\":\"at_most_once\"",
                "\"delivery\":\"at_most_once\",\"retries\":0",
                "\"delivery\":\"at_least_once\",\"retries\":5",
                "\"delivery\":null,\"eta\":null,\"countdown\":null",
                "\"eta\":\"0001-01-01T00:00:00Z\"",
                "\"eta\":\"2020-02-29t23:59:59.123456789+05:30\"",
                "\"countdown\":0.05"
            })
    void terms_of_accepted_jobs_that_are_right_pass(String field) {
        var body = "{\"func\":\"tasks.add\",\"args\":[1]," + field + "}";
        assertThat(service.finished("default", "apply", body).get("state").asString())
                .isEqualTo("succeeded");
        var later = service.post("/v1/pools/default/apply?wait=0", body);
        assertThat(later.statusCode()).as(later.asString()).isEqualTo(202);
    }

    @Test
    void a_job_does_not_begin_before_its_time() {
        for (var field : new String[] {"\"eta\":\"2999-01-01T00:00:00Z\"", "\"countdown\":3000"}) {
            var body = "{\"func\":\"tasks.pid\"," + field + "}";
            var result = service.post("/v1/pools/default/apply_async", body).header("Location");
            service.post("/v1/pools/default/apply", "{\"func\":\"tasks.pid\"}")
                    .then()
                    .statusCode(200);
            assertThat(Service.json(service.get(result)).get("state").asString())
                    .isEqualTo("pending");
            service.post(result + "/cancel", "").then().statusCode(202);
            assertThat(service.await(result).get("state").asString()).isEqualTo("cancelled");
        }
    }
}
