package io.procpool.api;

import static io.procpool.api.Refusing.newest;
import static io.procpool.api.Refusing.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Paths, methods, media types and ids that are none; also those that the servlet container refuses before us. */
class UnknownPathsTest {
    private static final String UNKNOWN = "0190a0a0-0000-7000-8000-000000000000";

    private final Service service = Service.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/",
                "/v2/pools",
                "/v1/pools/",
                "/v1/pools/default/",
                "/v1/pools/default/imap_sorted",
                "/v1/results/" + UNKNOWN + "/nothing",
                "/index.html",
                "/error"
            })
    void a_path_that_is_none_is_404_on_every_method(String path) {
        problem(service.get(path), 404, "not-found");
        problem(service.post(path, "{}"), 404, "not-found");
        problem(service.put(path, "{}"), 404, "not-found");
        problem(service.delete(path), 404, "not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                UNKNOWN,
                "x",
                "1",
                "1-1-1-1-1",
                "0190a0a000007000800000000000000",
                "{" + UNKNOWN + "}",
                UNKNOWN + "0",
                "%20",
                "null",
                "..%2e"
            })
    void an_unknown_or_malformed_id_is_404_everywhere(String id) throws IOException {
        var requests =
                new String[] {
                    "GET /v1/results/" + id,
                    "GET /v1/results/" + id + "?wait=30",
                    "GET /v1/results/" + id + "/value",
                    "GET /v1/results/" + id + "/value?timeout=30",
                    "GET /v1/results/" + id + "/ready",
                    "GET /v1/results/" + id + "/successful",
                    "GET /v1/results/" + id + "/wait",
                    "POST /v1/results/" + id + "/cancel",
                    "DELETE /v1/results/" + id
                };
        for (var request : requests) {
            var encoded = request.replace("{", "%7B").replace("}", "%7D");
            raw(encoded + " HTTP/1.1\nHost: localhost", "", 404, "result-unknown");
        }
    }

    private RawHttp.Answer raw(String head, String body, int status, String slug)
            throws IOException {
        var answer = RawHttp.send(service, head, body);
        assertThat(answer.status()).as(head + "\n" + answer.body()).isEqualTo(status);
        assertThat(answer.headers().get("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.headers()).doesNotContainKey("Server");
        var problem = JsonMapper.shared().readTree(answer.body());
        assertThat(problem.get("type").asString()).isEqualTo("urn:procpool:problem:" + slug);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        return answer;
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/pools, GET",
        "DELETE, /v1/pools, GET",
        "POST, /v1/pools/default, DELETE GET PATCH PUT",
        "GET, /v1/pools/default/apply, POST",
        "PUT, /v1/pools/default/map_async, POST",
        "DELETE, /v1/pools/default/workers, GET",
        "GET, /v1/pools/default/workers/1, DELETE",
        "POST, /v1/functions, GET",
        "PUT, /v1/functions/math.sqrt, GET",
        "DELETE, /v1/system, GET",
        "GET, /v1/pools/default/close, POST",
        "GET, /v1/pools/default/join, POST",
        "DELETE, /v1/results, GET",
        "POST, /v1/results, GET",
        "POST, /v1/results/" + UNKNOWN + "/value, GET",
        "GET, /v1/results/" + UNKNOWN + "/cancel, POST",
        "FOO, /v1/results, GET"
    })
    void a_method_that_the_path_has_not_is_405_and_says_which_it_has(
            String method, String path, String allowed) throws IOException {
        var answer =
                raw(
                        method + " " + path + " HTTP/1.1\nHost: localhost\nContent-Length: 2",
                        "{}",
                        405,
                        "method-not-allowed");
        assertThat(answer.headers().get("Allow").split(", "))
                .containsExactlyInAnyOrder(allowed.split(" "));
    }

    @Test
    void trace_is_405() throws IOException {
        raw("TRACE /v1/results HTTP/1.1\nHost: localhost", "", 405, "method-not-allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/results?limit=%zz HTTP/1.1\nHost: localhost",
                "POST /v1/pools/default/join?timeout=%zz HTTP/1.1\nHost: localhost",
                "GET /v1/pools/%zz HTTP/1.1\nHost: localhost",
                "GET /v1/pools/a%00b HTTP/1.1\nHost: localhost",
                "GET /v1/pools/a%2Fb HTTP/1.1\nHost: localhost",
                "GET /v1/[x] HTTP/1.1\nHost: localhost",
                "GET /v1/results HTTP/1.1\nHost: localhost\nContent-Length: -1",
                "GET /v1/results HTTP/1.1",
                "NONSENSE"
            })
    void what_is_no_proper_request_is_a_problem_too(String head) throws IOException {
        raw(head, "", 400, "bad-request");
    }

    @Test
    void a_header_that_is_too_large_is_refused_as_a_problem() throws IOException {
        raw(
                "GET /v1/results HTTP/1.1\nHost: localhost\nX-Large: " + "x".repeat(20_000),
                "",
                400,
                "bad-request");
    }

    @Test
    void a_body_that_breaks_off_is_refused() throws IOException {
        raw(
                """
                POST /v1/pools/default/apply_async HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Transfer-Encoding: chunked
                """,
                "zz\r\n{}\r\n",
                400,
                "bad-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/json",
                "multipart/form-data; boundary=x",
                "application/x-ndjson",
                "application/merge-patch+json",
                "application/vnd.procpool+json",
                "application/json; charset=iso-8859-1",
                "application/json; charset=utf-16",
                "application/x-www-form-urlencoded",
                "application/json; charset=none",
                "application/*",
                "json"
            })
    void a_body_of_another_media_type_is_415(String type) throws IOException {
        var before = newest(service);
        for (var target :
                new String[] {
                    "POST /v1/pools/default/apply",
                    "POST /v1/pools/default/apply_async",
                    "PUT /v1/pools/typed"
                }) {
            raw(
                    target
                            + " HTTP/1.1\nHost: localhost\nContent-Length: 20\nContent-Type: "
                            + type,
                    "{\"func\":\"tasks.pid\"}",
                    415,
                    "wrong-media-type");
        }
        assertThat(newest(service)).isEqualTo(before);
        problem(service.get("/v1/pools/typed"), 404, "pool-unknown");
    }

    @Test
    void a_large_or_broken_form_is_415_before_anyone_reads_it() throws IOException {
        for (var form : new String[] {"a=%zz", "a=" + "x".repeat(3 << 20)}) {
            raw(
                    "POST /v1/pools/default/apply HTTP/1.1\nHost: localhost\n"
                            + "Content-Type: application/x-www-form-urlencoded\nContent-Length: "
                            + form.length(),
                    form,
                    415,
                    "wrong-media-type");
        }
    }

    @Test
    void a_body_without_media_type_or_with_an_encoding_is_415() throws IOException {
        raw(
                "POST /v1/pools/default/apply HTTP/1.1\nHost: localhost\nContent-Length: 2",
                "{}",
                415,
                "wrong-media-type");
        raw(
                "POST /v1/pools/default/apply HTTP/1.1\nHost: localhost\nContent-Length: 2\n"
                        + "Content-Type: application/json\nContent-Encoding: gzip",
                "{}",
                415,
                "wrong-media-type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json;charset=UTF-8",
                "application/json; charset=\"utf-8\"",
                "APPLICATION/JSON"
            })
    void json_in_utf8_is_taken(String type) throws IOException {
        var answer =
                RawHttp.send(
                        service,
                        "POST /v1/pools/default/apply HTTP/1.1\nHost: localhost\n"
                                + "Content-Length: 31\nContent-Type: "
                                + type,
                        "{\"func\":\"tasks.add\",\"args\":[1]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
}
