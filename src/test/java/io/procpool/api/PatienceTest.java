package io.procpool.api;

import static io.procpool.api.Refusing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sync verbs wait as long as the client wants to; then it gets a 202 and the job goes on. */
class PatienceTest {
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

    private static Response prefer(String preference, String body) {
        return service.request()
                .header("Prefer", preference)
                .contentType("application/json")
                .body(body)
                .post(pool.path() + "/apply");
    }

    /** A 202 that names a job which then ends as if nothing had been. */
    private static void goesOn(Response accepted, Gate gate) throws IOException {
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
        var result = accepted.header("Location");
        assertThat(accepted.header("Procpool-Result")).isEqualTo(result.substring(12));
        assertThat(accepted.header("Retry-After")).isNotBlank();
        assertThat(Service.json(accepted).get("ready").asBoolean()).isFalse();
        gate.open();
        assertThat(service.get(result + "/value").asString()).isEqualTo("\"open\"");
        assertThat(service.await(result).get("state").asString()).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "respond-async; respond-async",
                "respond-async, wait=0; respond-async, wait=0",
                "respond-async,wait=1; respond-async, wait=1",
                "wait=1, respond-async; respond-async, wait=1",
                "RESPOND-ASYNC; respond-async",
                "Wait = \"0\"; wait=0",
                "handling=lenient, wait=0; wait=0"
            })
    void a_preference_is_kept_and_said_to_be(String preference, String applied) throws IOException {
        try (var gate = new Gate()) {
            var answer = prefer(preference, gate.call());
            assertThat(answer.header("Preference-Applied")).isEqualTo(applied);
            goesOn(answer, gate);
        }
    }

    @Test
    void a_value_that_is_there_in_time_is_the_answer() {
        var answer = prefer("respond-async, wait=60", "{\"func\":\"tasks.add\",\"args\":[1]}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.asString()).isEqualTo("2");
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async, wait=60");
    }

    @Test
    void an_unknown_preference_is_ignored() {
        var answer = prefer("handling=strict", "{\"func\":\"tasks.add\",\"args\":[1]}");
        assertThat(answer.asString()).isEqualTo("2");
        assertThat(answer.header("Preference-Applied")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "wait=", "wait=1.5", "wait=-1", "wait=soon"})
    void a_preference_to_wait_needs_whole_seconds(String preference) {
        refused(service, () -> prefer(preference, "{\"func\":\"tasks.pid\"}"), 400, "bad-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.05", "-3"})
    void the_query_can_say_how_long_to_wait(String wait) throws IOException {
        for (var verb : new String[] {"apply", "map", "starmap"}) {
            try (var gate = new Gate()) {
                var body =
                        verb.equals("apply")
                                ? gate.call()
                                : "{\"func\":\"api_functions.wait_for\",\"iterable\":["
                                        + (verb.equals("map") ? "" : "[")
                                        + gate.json()
                                        + (verb.equals("map") ? "" : "]")
                                        + "]}";
                var accepted = pool.post(verb + "?wait=" + wait, body);
                assertThat(accepted.statusCode()).isEqualTo(202);
                assertThat(accepted.header("Preference-Applied")).isNull();
                gate.open();
                var ended = service.await(accepted.header("Location"));
                assertThat(ended.get("state").asString()).isEqualTo("succeeded");
            }
        }
    }

    @Test
    void the_query_wins_over_the_preference() throws IOException {
        try (var gate = new Gate()) {
            var answer =
                    service.request()
                            .header("Prefer", "wait=60")
                            .contentType("application/json")
                            .body(gate.call())
                            .post(pool.path() + "/apply?wait=0");
            goesOn(answer, gate);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "NaN", "", "1m"})
    void a_query_that_is_no_number_is_refused(String wait) {
        refused(
                service,
                () -> pool.post("apply?wait=" + wait, "{\"func\":\"tasks.pid\"}"),
                400,
                "bad-request");
    }

    @Test
    void a_failure_in_time_is_the_answer_and_later_the_results() throws IOException {
        var answer = prefer("wait=60", "{\"func\":\"tasks.fail\"}");
        Refusing.problem(answer, 422, "function-raised");
        assertThat(answer.header("Preference-Applied")).isEqualTo("wait=60");
    }

    /** Whichever comes first, the end of the job or of the patience: nobody gets an id of nothing. */
    @Test
    void every_202_leads_to_an_outcome_also_when_the_job_ends_that_moment() {
        int accepted = 0;
        for (int call = 0; call < 200; call++) {
            var wait = 0.002 + call % 20 * 0.0005;
            var answer =
                    pool.post("apply?wait=" + wait, "{\"func\":\"tasks.nap\",\"args\":[0.005]}");
            if (answer.statusCode() == 202) {
                accepted++;
                var end = service.await(answer.header("Location"));
                assertThat(end.get("state").asString()).isEqualTo("succeeded");
            } else {
                assertThat(answer.asString()).isEqualTo("0.005");
            }
        }
        assertThat(accepted).isPositive();
        for (var state : new String[] {"pending", "running"}) {
            var open = service.get("/v1/results?pool=" + pool.name() + "&state=" + state);
            assertThat(open.jsonPath().getList("results")).isEmpty();
        }
    }
}
