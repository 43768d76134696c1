package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.StreamClient;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with an imap before its first item is an ordinary refusal. */
class ImapRefusedTest {
    private static final String LINES = "Content-Type: application/x-ndjson";
    private static final String PATH = "/v1/pools/default/imap";

    private static void assertRefused(StreamClient client, int status, String slug)
            throws IOException {
        assertThat(client.status()).isEqualTo(status);
        assertThat(client.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(client.header("Procpool-Result")).isNull();
        assertThat(client.json().get("type").asString()).isEqualTo("urn:procpool:problem:" + slug);
    }

    static Stream<Arguments> heads() {
        return Stream.of(
                Arguments.of("[]", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\"", 400, "bad-request"),
                Arguments.of("{}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"iterable\":[]}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"args\":[]}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"errors\":\"first\"}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"chunksize\":0}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"retries\":-1}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"labels\":[]}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"countdown\":1}", 400, "bad-request"),
                Arguments.of("{\"func\":\"math.isqrt\",\"callback\":{}}", 400, "not-supported"),
                Arguments.of("{\"func\":\"math.no\"}", 404, "function-unknown"));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void a_first_line_that_is_no_submission_is_refused_while_the_body_is_open(
            String head, int status, String slug) throws IOException {
        var url = Service.shared().url();
        try (var client = StreamClient.imap(url, PATH, head)) {
            assertRefused(client, status, slug);
        }
    }

    @Test
    void a_body_without_a_first_line_is_refused() throws IOException {
        try (var client = StreamClient.post(Service.shared().url(), PATH, LINES)) {
            assertRefused(client.send("\n \n").end(), 400, "bad-request");
        }
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("Content-Type: text/plain", 415, "wrong-media-type"),
                Arguments.of(
                        "Content-Type: application/x-ndjson; charset=latin1",
                        415,
                        "wrong-media-type"),
                Arguments.of(LINES + "\r\nContent-Encoding: gzip", 415, "wrong-media-type"),
                Arguments.of(LINES + "\r\nIdempotency-Key: k", 400, "bad-request"),
                Arguments.of(LINES + "\r\nAccept: application/json", 406, "not-acceptable"),
                Arguments.of(LINES + "\r\nAccept: application/x-ndjson;q=0", 406, "not-acceptable"),
                Arguments.of(
                        LINES + "\r\nAccept: application/x-ndjson;q=0, */*",
                        406,
                        "not-acceptable"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void headers_that_ask_for_something_else_are_refused(String lines, int status, String slug)
            throws IOException {
        var url = Service.shared().url();
        try (var client = StreamClient.post(url, PATH, lines.split("\r\n", -1))) {
            assertRefused(client.send("{\"func\":\"math.isqrt\"}\n"), status, slug);
        }
    }

    @Test
    void who_takes_anything_takes_lines() throws IOException {
        var url = Service.shared().url();
        for (var accept :
                new String[] {"*/*", "application/*", "text/html, application/x-ndjson"}) {
            try (var client = StreamClient.post(url, PATH, LINES, "Accept: " + accept)) {
                client.send("{\"func\":\"math.isqrt\"}\n9\n").end();
                assertThat(client.json().get("value").asInt()).as(accept).isEqualTo(3);
            }
        }
    }

    @Test
    void there_is_nothing_to_wait_for_but_nothing() {
        var body = "{\"func\":\"math.isqrt\",\"iterable\":[4]}";
        var answer = Service.shared().post(PATH + "?wait=3", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Service.shared().post(PATH + "?wait=0", body).statusCode()).isEqualTo(202);
        var preferred =
                Service.shared()
                        .request()
                        .header("Prefer", "wait=0")
                        .contentType("application/json")
                        .body(body)
                        .post(PATH);
        assertThat(preferred.statusCode()).isEqualTo(202);
        assertThat(preferred.header("Preference-Applied")).isEqualTo("wait=0");
    }

    @Test
    void an_unknown_pool_is_a_404_and_a_full_queue_a_503() throws Exception {
        var url = Service.shared().url();
        try (var client = StreamClient.imap(url, "/v1/pools/none/imap", "{\"func\":\"m.f\"}")) {
            assertRefused(client, 404, "pool-unknown");
        }
        var spec = "{\"processes\":1,\"grace\":0.2,\"queue_limit\":1}";
        try (var gate = new Gate();
                var pool = OwnPool.of(spec)) {
            gate.occupy(pool);
            var path = pool.path() + "/imap";
            try (var first = StreamClient.imap(url, path, "{\"func\":\"math.isqrt\"}")) {
                assertThat(first.status()).isEqualTo(200);
                try (var second = StreamClient.imap(url, path, "{\"func\":\"math.isqrt\"}")) {
                    assertRefused(second, 503, "queue-full");
                }
            }
        }
    }
}
