package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of a job as they come: in lines or as events, from the first on or from where a client was. */
class ResultStreamTest {
    private static OwnPool pool;

    @BeforeAll
    static void make_a_pool() {
        pool = OwnPool.ofProcesses(1);
    }

    @AfterAll
    static void delete_it() {
        pool.close();
    }

    private static StreamClient stream(String result, String... headers) throws IOException {
        return StreamClient.get(pool.service().url(), result, headers);
    }

    private static List<String> lines(String path) {
        return pool.service().get(path).asString().lines().toList();
    }

    @Test
    void a_map_is_streamed_while_it_runs() throws Exception {
        try (var gate = new Gate()) {
            var map =
                    pool.submit(
                            "map",
                            "{\"func\":\"streams.wait_for\",\"chunksize\":2,\"iterable\":[0,1,2,3,"
                                    + gate.json()
                                    + "]}");
            try (var client = stream(map + "/stream")) {
                assertThat(client.status()).isEqualTo(200);
                assertThat(client.header("Content-Type")).isEqualTo("application/x-ndjson");
                assertThat(client.header("Cache-Control")).isEqualTo("no-store");
                assertThat(client.result()).isEqualTo(map);
                for (int n = 0; n < 4; n++) {
                    assertThat(client.line())
                            .isEqualTo("{\"index\":" + n + ",\"value\":" + n + "}");
                }
                assertThat(pool.service().get(map).jsonPath().getString("state"))
                        .isEqualTo("running");
                gate.open();
                assertThat(client.json().get("index").asInt()).isEqualTo(4);
                assertThat(client.line()).isEqualTo("{\"summary\":{\"items\":5,\"failed\":0}}");
                assertThat(client.line()).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,[2,3]]", "\"a,\\\"]b\"", "{\"a\":[1,2]}", "null"})
    void an_apply_is_one_item(String value) throws Exception {
        var apply =
                pool.submit("apply", "{\"func\":\"api_functions.same\",\"args\":[" + value + "]}");
        assertThat(lines(apply + "/stream"))
                .containsExactly(
                        "{\"index\":0,\"value\":" + value + "}",
                        "{\"summary\":{\"items\":1,\"failed\":0}}");
    }

    @Test
    void a_stream_goes_on_where_the_client_was() throws Exception {
        var map = pool.submit("map", "{\"func\":\"math.isqrt\",\"iterable\":[0,1,4,9,16]}");
        pool.service().await(map);
        assertThat(lines(map + "/stream?from=3"))
                .containsExactly(
                        "{\"index\":3,\"value\":3}",
                        "{\"index\":4,\"value\":4}",
                        "{\"summary\":{\"items\":5,\"failed\":0}}");
        assertThat(lines(map + "/stream?from=5")).hasSize(1);
        try (var client = stream(map + "/stream?from=1", "Last-Event-ID: 4")) {
            assertThat(client.all()).hasSize(2);
        }
        for (var wrong : List.of("-1", "x", "1.5", "99999999999")) {
            assertThat(pool.service().get(map + "/stream?from=" + wrong).statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void as_events_they_carry_where_to_go_on() throws Exception {
        try (var gate = new Gate()) {
            var map =
                    pool.submit(
                            "map",
                            "{\"func\":\"streams.wait_for\",\"chunksize\":1,\"iterable\":[7,8,"
                                    + gate.json()
                                    + "]}");
            Waiting.until(
                    "two are done",
                    () -> Service.json(pool.service().get(map)).get("done").asInt() == 2);
            try (var client = stream(map + "/stream", "Accept: text/event-stream")) {
                assertThat(client.header("Content-Type")).isEqualTo("text/event-stream");
                assertThat(event(client))
                        .containsExactly("id: 0", "event: state", "data: {\"state\":\"running\"}");
                assertThat(event(client))
                        .containsExactly("id: 1", "event: item", "data: {\"index\":0,\"value\":7}");
                assertThat(event(client)).startsWith("id: 2", "event: item");
                gate.open();
                assertThat(event(client)).startsWith("id: 3", "event: item");
                assertThat(event(client))
                        .containsExactly(
                                "id: 3", "event: state", "data: {\"state\":\"succeeded\"}");
                assertThat(event(client))
                        .containsExactly(
                                "id: 4",
                                "event: summary",
                                "data: {\"summary\":{\"items\":3,\"failed\":0}}");
                assertThat(client.line()).isNull();
            }
            try (var again =
                    stream(map + "/stream", "Accept: text/event-stream", "Last-Event-ID: 2")) {
                assertThat(event(again)).startsWith("id: 3", "event: item");
                assertThat(event(again)).startsWith("id: 3", "event: state");
                assertThat(event(again)).startsWith("id: 4", "event: summary");
            }
            // Who has the last item wants the summary; who has that too wants nothing.
            try (var last =
                    stream(map + "/stream", "Accept: text/event-stream", "Last-Event-ID: 3")) {
                assertThat(event(last)).startsWith("id: 3", "event: state");
                assertThat(event(last)).startsWith("id: 4", "event: summary");
            }
            try (var done =
                    stream(map + "/stream", "Accept: text/event-stream", "Last-Event-ID: 4")) {
                assertThat(done.status()).isEqualTo(204);
            }
        }
    }

    /** The lines of the next event that is not a comment. */
    private static List<String> event(StreamClient client) throws IOException {
        while (true) {
            var lines = new java.util.ArrayList<String>();
            for (var line = client.line(); !line.isEmpty(); line = client.line()) {
                lines.add(line);
            }
            if (!lines.isEmpty() && !lines.getFirst().startsWith(":")) {
                return lines;
            }
        }
    }

    @Test
    void a_failed_map_says_what_it_has_and_why_there_is_no_more() throws Exception {
        try (var gate = new Gate()) {
            var map =
                    pool.submit(
                            "map",
                            "{\"func\":\"streams.wait_and_fail\",\"chunksize\":1,\"iterable\":[0,2,"
                                    + gate.json()
                                    + ",4]}");
            try (var client = stream(map + "/stream")) {
                assertThat(client.line()).isEqualTo("{\"index\":0,\"value\":0}");
                assertThat(client.line()).isEqualTo("{\"index\":1,\"value\":2}");
                gate.open();
                var summary = client.json().get("summary");
                assertThat(summary.get("items").asInt()).isEqualTo(4);
                assertThat(summary.get("problem").get("type").asString())
                        .isEqualTo("urn:procpool:problem:function-raised");
                assertThat(summary.get("problem").get("index").asInt()).isEqualTo(2);
                assertThat(client.line()).isNull();
            }
            // Who comes later is told that there was something.
            assertThat(lines(map + "/stream").getFirst())
                    .isEqualTo("{\"gap\":{\"from\":0,\"items\":2}}");
        }
    }

    @Test
    void a_silent_stream_is_kept_alive() throws Exception {
        var service =
                Service.shared(
                        "--procpool.streams.keep-alive=500ms",
                        "--procpool.streams.input-timeout=2s",
                        "--procpool.streams.write-timeout=2s",
                        "--procpool.pools.default.processes=1");
        try (var gate = new Gate()) {
            var apply =
                    service.post("/v1/pools/default/apply_async", gate.call()).header("Location");
            try (var lines = StreamClient.get(service.url(), apply + "/stream");
                    var events =
                            StreamClient.get(
                                    service.url(),
                                    apply + "/stream",
                                    "Accept: text/event-stream")) {
                assertThat(lines.line()).isEmpty();
                assertThat(lines.line()).isEmpty();
                var heard = events.line();
                while (!heard.startsWith(":")) {
                    heard = events.line();
                }
                gate.open();
                assertThat(lines.json().get("value").asString()).isEqualTo("open");
            }
        }
    }

    @Test
    void a_result_says_where_its_stream_is() {
        var apply = pool.submit("apply", "{\"func\":\"math.isqrt\",\"args\":[4]}");
        var link = pool.service().get(apply).jsonPath().getString("links.stream");
        assertThat(link).isEqualTo(apply + "/stream");
        assertThat(lines(link)).hasSize(2);
    }

    @Test
    void what_is_not_there_is_refused() {
        var service = pool.service();
        assertThat(service.get("/v1/results/" + UUID.randomUUID() + "/stream").statusCode())
                .isEqualTo(404);
        assertThat(service.get("/v1/results/none/stream").statusCode()).isEqualTo(404);
        var apply = pool.submit("apply", "{\"func\":\"math.isqrt\",\"args\":[4]}");
        assertThat(
                        service.request()
                                .header("Accept", "application/json")
                                .get(apply + "/stream")
                                .statusCode())
                .isEqualTo(406);
    }
}
