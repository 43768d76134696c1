package io.procpool.api;

import static io.procpool.api.Refusing.newest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** 64 MiB pass, in and out, and not a byte more. */
class BodyLimitTest {
    private static final int LIMIT = 64 << 20;
    private static final String HEAD = "{\"func\":\"api_functions.size\",\"args\":[\"";
    private static final String TAIL = "\"]}";

    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void exactly_64_mib_pass(boolean chunked) throws IOException, InterruptedException {
        var answer = send("apply", body(LIMIT), chunked);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(Integer.toString(LIMIT - HEAD.length() - TAIL.length()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_byte_more_is_refused(boolean chunked) throws IOException, InterruptedException {
        var before = newest(service);
        for (var verb : new String[] {"apply", "apply_async"}) {
            var answer = send(verb, body(LIMIT + 1), chunked);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValue("application/problem+json");
            var problem = json(answer);
            assertThat(problem.get("type").asString())
                    .isEqualTo("urn:procpool:problem:body-too-large");
            assertThat(problem.get("limit").asInt()).isEqualTo(LIMIT);
        }
        assertThat(newest(service)).isEqualTo(before);
    }

    @Test
    void what_is_announced_as_too_large_is_refused_before_it_is_sent() throws IOException {
        var answer =
                RawHttp.send(
                        service,
                        """
                        POST /v1/pools/default/apply HTTP/1.1
                        Host: localhost
                        Content-Type: application/json
                        Expect: 100-continue
                        Content-Length: 9999999999
                        """,
                        "");
        assertThat(answer.status()).as("no 100 Continue").isEqualTo(413);
    }

    @Test
    void a_specification_has_the_same_limit() throws IOException, InterruptedException {
        var body = new byte[LIMIT + 1];
        Arrays.fill(body, (byte) ' ');
        var request = request("/v1/pools/large").PUT(BodyPublishers.ofByteArray(body)).build();
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        }
        service.get("/v1/pools/large").then().statusCode(404);
    }

    @Test
    void a_result_may_have_64_mib_and_not_a_byte_more() {
        var exact = text("apply", "\"args\":[" + LIMIT + "]");
        assertThat(exact.statusCode()).isEqualTo(200);
        assertThat(exact.asByteArray()).hasSize(LIMIT);
        var problem =
                Refusing.problem(
                        text("apply", "\"args\":[" + (LIMIT + 1) + "]"), 422, "result-too-large");
        assertThat(problem.get("limit").asInt()).isEqualTo(LIMIT);
    }

    @Test
    void the_values_of_a_map_have_the_limit_together() {
        int half = LIMIT / 2;
        // Two brackets and a comma.
        var exact = text("map", "\"iterable\":[" + half + "," + (half - 3) + "],\"chunksize\":1");
        assertThat(exact.statusCode()).isEqualTo(200);
        assertThat(exact.asByteArray()).hasSize(LIMIT);
        Refusing.problem(
                text("map", "\"iterable\":[" + half + "," + (half - 2) + "],\"chunksize\":1"),
                422,
                "result-too-large");
    }

    private Response text(String verb, String fields) {
        return service.post(
                "/v1/pools/default/" + verb, "{\"func\":\"api_functions.text_of\"," + fields + "}");
    }

    private static byte[] body(int size) {
        var bytes = new byte[size];
        Arrays.fill(bytes, (byte) 'x');
        System.arraycopy(HEAD.getBytes(UTF_8), 0, bytes, 0, HEAD.length());
        System.arraycopy(TAIL.getBytes(UTF_8), 0, bytes, size - TAIL.length(), TAIL.length());
        return bytes;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(service.url() + path))
                .header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(String verb, byte[] body, boolean chunked)
            throws IOException, InterruptedException {
        BodyPublisher publisher =
                chunked
                        ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                        : BodyPublishers.ofByteArray(body);
        var request = request("/v1/pools/default/" + verb).POST(publisher).build();
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }
}
