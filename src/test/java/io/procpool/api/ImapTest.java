package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The answers of imap and imap_unordered: right, whole, in their order. */
class ImapTest {
    private static OwnPool pool;

    @BeforeAll
    static void make_a_pool() {
        pool = OwnPool.ofProcesses(2);
    }

    @AfterAll
    static void delete_it() {
        pool.close();
    }

    private static StreamClient imap(String verb, String head) throws IOException {
        return StreamClient.imap(pool.service().url(), pool.path() + "/" + verb, head);
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> n + "\n").collect(Collectors.joining());
    }

    private static List<Integer> indexes(List<JsonNode> answers) {
        return answers.stream()
                .filter(answer -> answer.has("index"))
                .map(answer -> answer.get("index").asInt())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"chunksize\":1", ",\"chunksize\":7", ",\"chunksize\":100000"})
    void an_imap_answers_each_item_in_the_order_of_the_items(String chunksize) throws IOException {
        try (var client = imap("imap", "{\"func\":\"math.isqrt\"" + chunksize + "}")) {
            client.send(lines(0, 500)).send(lines(500, 1_000)).end();
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.header("Content-Type")).isEqualTo("application/x-ndjson");
            assertThat(client.header("Cache-Control")).isEqualTo("no-store");
            for (int n = 0; n < 1_000; n++) {
                assertThat(client.line())
                        .isEqualTo("{\"index\":" + n + ",\"value\":" + (int) Math.sqrt(n) + "}");
            }
            assertThat(client.line()).isEqualTo("{\"summary\":{\"items\":1000,\"failed\":0}}");
            assertThat(client.line()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "imap_unordered"})
    void items_in_a_json_body_are_streamed_too(String verb) {
        var numbers = IntStream.range(0, 1_000).mapToObj(Integer::toString).toList().toString();
        var body = "{\"func\":\"math.isqrt\",\"chunksize\":3,\"iterable\":" + numbers + "}";
        var answer = pool.post(verb, body);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/x-ndjson");
        var lines = answer.asString().lines().toList();
        assertThat(lines).hasSize(1_001);
        assertThat(lines.getLast()).isEqualTo("{\"summary\":{\"items\":1000,\"failed\":0}}");
        assertThat(lines).contains("{\"index\":0,\"value\":0}", "{\"index\":999,\"value\":31}");
        assertThat(lines).doesNotHaveDuplicates();
    }

    @Test
    void an_imap_unordered_answers_what_is_done_first() throws Exception {
        try (var gate = new Gate();
                var client = imap("imap_unordered", "{\"func\":\"streams.wait_for\"}")) {
            client.send(gate.json() + "\n1\n2\n3\n");
            for (int n = 1; n <= 3; n++) {
                assertThat(client.line()).isEqualTo("{\"index\":" + n + ",\"value\":" + n + "}");
            }
            gate.open();
            client.end();
            assertThat(client.json().get("index").asInt()).isZero();
            assertThat(client.json().get("summary").get("items").asInt()).isEqualTo(4);
        }
    }

    @Test
    void an_imap_holds_back_what_is_done_before_its_turn() throws Exception {
        try (var gate = new Gate();
                var client = imap("imap", "{\"func\":\"streams.wait_for\"}")) {
            client.send(gate.json() + "\n1\n2\n3\n");
            var result = pool.service();
            io.procpool.service.Waiting.until(
                    "three are done",
                    () -> {
                        try {
                            return Service.json(result.get(client.result())).get("done").asInt()
                                    == 3;
                        } catch (IOException failure) {
                            throw new AssertionError(failure);
                        }
                    });
            gate.open();
            client.end();
            assertThat(indexes(client.all())).containsExactly(0, 1, 2, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void a_failed_item_ends_nothing(int chunksize) throws IOException {
        var head = "{\"func\":\"streams.odd_fails\",\"chunksize\":" + chunksize + "}";
        try (var client = imap("imap", head)) {
            var answers = client.send(lines(0, 10)).end().all();
            assertThat(indexes(answers)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            for (int n = 0; n < 10; n++) {
                var answer = answers.get(n);
                if (n % 2 == 0) {
                    assertThat(answer.get("value").asInt()).isEqualTo(n);
                } else {
                    var problem = answer.get("error");
                    assertThat(problem.get("type").asString())
                            .isEqualTo("urn:procpool:problem:function-raised");
                    assertThat(problem.get("exception").get("message").asString())
                            .isEqualTo("odd: " + n);
                    assertThat(problem.get("index").asInt()).isEqualTo(n);
                }
            }
            assertThat(answers.getLast().get("summary").get("failed").asInt()).isEqualTo(5);
            assertThat(answers.getLast().get("summary").has("problem")).isFalse();
            var resource = Service.json(pool.service().get(client.result()));
            assertThat(resource.get("state").asString()).isEqualTo("succeeded");
            assertThat(resource.get("verb").asString()).isEqualTo("imap");
            assertThat(resource.get("items").asInt()).isEqualTo(10);
            assertThat(resource.get("done").asInt()).isEqualTo(10);
        }
    }

    @Test
    void a_lost_worker_fails_the_items_of_its_chunk_and_no_others() throws IOException {
        try (var client = imap("imap", "{\"func\":\"streams.exit_at\",\"chunksize\":2}")) {
            var answers = client.send("0\n1\n2\n-1\n4\n5\n").end().all();
            assertThat(indexes(answers)).containsExactly(0, 1, 2, 3, 4, 5);
            for (int n : List.of(2, 3)) {
                assertThat(answers.get(n).get("error").get("type").asString())
                        .isEqualTo("urn:procpool:problem:worker-lost");
            }
            for (int n : List.of(0, 1, 4, 5)) {
                assertThat(answers.get(n).get("value").asInt()).isEqualTo(n);
            }
        }
    }

    @Test
    void bytes_pass_as_they_are_and_each_value_is_one_line() throws IOException {
        var items =
                List.of(
                        "123456789012345678901234567890",
                        "{\"b\":1,\"a\":[\"ü\\u0041\",null]}",
                        "\"\\n\"",
                        "[]",
                        "1.50");
        try (var client = imap("imap", "{\"func\":\"api_functions.same\",\"chunksize\":2}")) {
            client.send("\n  \r\n" + String.join("\r\n", items)).end(); // the last without an end
            assertThat(client.line())
                    .isEqualTo("{\"index\":0,\"value\":123456789012345678901234567890}");
            assertThat(client.line())
                    .isEqualTo("{\"index\":1,\"value\":{\"b\":1,\"a\":[\"üA\",null]}}");
            assertThat(client.line()).isEqualTo("{\"index\":2,\"value\":\"\\n\"}");
            assertThat(client.line()).isEqualTo("{\"index\":3,\"value\":[]}");
            assertThat(client.line()).isEqualTo("{\"index\":4,\"value\":1.5}");
            assertThat(client.json().get("summary").get("items").asInt()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "imap_unordered"})
    void a_stream_of_nothing_is_a_summary(String verb) throws IOException {
        try (var client = imap(verb, "{\"func\":\"math.isqrt\"}")) {
            assertThat(client.end().line()).isEqualTo("{\"summary\":{\"items\":0,\"failed\":0}}");
        }
        assertThat(pool.value(verb, "{\"func\":\"math.isqrt\",\"iterable\":[]}"))
                .isEqualTo("{\"summary\":{\"items\":0,\"failed\":0}}\n");
    }

    @Test
    void the_connection_serves_further_requests_after_a_whole_stream() throws IOException {
        try (var client = imap("imap", "{\"func\":\"math.isqrt\"}")) {
            client.send("4\n").end();
            assertThat(client.all()).hasSize(2);
            client.again("POST " + pool.path() + "/imap", "Content-Type: application/x-ndjson");
            client.send("{\"func\":\"math.isqrt\"}\n9\n").end();
            assertThat(client.json().get("value").asInt()).isEqualTo(3);
            assertThat(client.all()).hasSize(1);
        }
    }

    @Test
    void an_item_longer_than_the_window_passes() throws IOException {
        var text = "x".repeat(9 << 20);
        try (var client = imap("imap", "{\"func\":\"api_functions.size\"}")) {
            client.send("\"a\"\n\"" + text + "\"\n\"b\"\n").end();
            assertThat(client.line()).isEqualTo("{\"index\":0,\"value\":1}");
            assertThat(client.line()).isEqualTo("{\"index\":1,\"value\":" + text.length() + "}");
            assertThat(client.line()).isEqualTo("{\"index\":2,\"value\":1}");
        }
    }
}
