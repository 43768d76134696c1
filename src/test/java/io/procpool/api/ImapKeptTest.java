package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import io.restassured.response.Response;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An imap that is answered with a 202, for clients that can't read while they send. */
class ImapKeptTest {
    private static OwnPool pool;

    @BeforeAll
    static void make_a_pool() {
        pool = OwnPool.ofProcesses(2);
    }

    @AfterAll
    static void delete_it() {
        pool.close();
    }

    private static Response submit(String verb, String type, String body) {
        return pool.service()
                .request()
                .header("Prefer", "respond-async")
                .contentType(type)
                .body(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .post(pool.path() + "/" + verb);
    }

    private static String lines(String verb, String head, String... items) {
        var answer =
                submit(
                        verb,
                        "application/x-ndjson; charset=UTF-8",
                        head + "\n" + String.join("\n", items));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async");
        return answer.header("Location");
    }

    private static String stream(String result) throws IOException {
        return pool.service().get(result + "/stream").asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-ndjson; charset=UTF-8", "application/json"})
    void its_values_are_kept_and_can_be_read_in_both_ways(String type) throws IOException {
        var head = "{\"func\":\"streams.odd_fails\",\"chunksize\":2";
        var body =
                type.equals("application/json")
                        ? head + ",\"iterable\":[0,2,3,4]}"
                        : head + "}\n0\n\n2\n3\n4";
        var accepted = submit("imap", type, body);
        assertThat(accepted.statusCode()).as(accepted.asString()).isEqualTo(202);
        var result = accepted.header("Location");
        var resource = pool.service().await(result);
        assertThat(resource.get("state").asString()).isEqualTo("succeeded");
        assertThat(resource.get("items").asInt()).isEqualTo(4);
        var value = Service.json(pool.service().get(result + "/value"));
        assertThat(value.get("values").toString()).isEqualTo("[0,2,null,4]");
        assertThat(value.get("errors").get(0).get("index").asInt()).isEqualTo(2);
        var streamed = stream(result).lines().toList();
        assertThat(streamed).hasSize(5);
        assertThat(streamed.get(1)).isEqualTo("{\"index\":1,\"value\":2}");
        assertThat(streamed.get(2)).startsWith("{\"index\":2,\"error\":{\"type\":");
        assertThat(streamed.get(4)).isEqualTo("{\"summary\":{\"items\":4,\"failed\":1}}");
    }

    @Test
    void of_an_unordered_one_the_stream_has_the_order_of_arrival_and_the_value_that_of_the_items()
            throws Exception {
        try (var gate = new Gate()) {
            var result =
                    lines(
                            "imap_unordered",
                            "{\"func\":\"streams.wait_for\"}",
                            gate.json(),
                            "1",
                            "2");
            var url = pool.service().url();
            try (var running = StreamClient.get(url, result + "/stream")) {
                assertThat(running.line()).isEqualTo("{\"index\":1,\"value\":1}");
                assertThat(running.line()).isEqualTo("{\"index\":2,\"value\":2}");
                gate.open();
                assertThat(running.json().get("index").asInt()).isZero();
                assertThat(running.all()).hasSize(1);
            }
            assertThat(stream(result).lines().map(line -> line.substring(0, 10)))
                    .containsExactly(
                            "{\"index\":1", "{\"index\":2", "{\"index\":0", "{\"summary\"");
            assertThat(Service.json(pool.service().get(result + "/value")).get("values").toString())
                    .isEqualTo("[" + gate.json() + ",1,2]");
        }
    }

    @Test
    void a_bad_line_is_refused_before_anything_runs() {
        var answer =
                submit(
                        "imap",
                        "application/x-ndjson; charset=UTF-8",
                        "{\"func\":\"math.isqrt\"}\n1\n\n2 3\n4\n");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Service.json(answer).get("detail").asString()).startsWith("Line 4: ");
    }

    @Test
    void an_imap_that_was_streamed_has_no_value_and_no_second_stream() throws IOException {
        var head = "{\"func\":\"math.isqrt\"}";
        var url = pool.service().url();
        try (var client = StreamClient.imap(url, pool.path() + "/imap", head)) {
            for (var path : new String[] {"/value", "/stream"}) {
                var answer = pool.service().get(client.result() + path);
                assertThat(answer.statusCode()).isEqualTo(409);
                assertThat(Service.json(answer).get("type").asString())
                        .isEqualTo("urn:procpool:problem:streamed");
            }
            client.send("4\n").end();
            assertThat(client.all()).hasSize(2);
            assertThat(pool.service().get(client.result() + "/value").statusCode()).isEqualTo(409);
        }
    }
}
