package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.service.Service;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

/** Without keys the service is for this machine alone, and for no web page but its own. */
class ClosedByDefaultTest {
    private static final String CALL = "{\"func\":\"tasks.add\",\"args\":[1]}";
    private static final String[] METHODS = {
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"
    };
    private static final String[] PATHS = {
        "/v1/results", "/v1/pools/default/apply", "/actuator/health", "/actuator/prometheus", "/"
    };

    private final Service service = Service.shared();

    private static RawHttp.Answer send(Service to, String method, String path, String headers)
            throws IOException {
        return RawHttp.send(
                to,
                method
                        + " "
                        + path
                        + " HTTP/1.1\n"
                        + headers
                        + "\nContent-Type: application/json\nContent-Length: "
                        + CALL.length(),
                CALL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: example.com",
                "Host: example.com:8080",
                "Host: localhost.example.com",
                "Host: 127.0.0.1.example.com",
                "Host: 192.168.0.1",
                "Host: 0.0.0.0",
                "Host: 127.0.0.2",
                "Host: [::2]",
                "Host: localhost@example.com",
                "Host: pool.example",
                "Host: localhost\nOrigin: http://example.com",
                "Host: localhost\nOrigin: null",
                "Host: localhost\nOrigin: http://localhost:1",
                "Host: localhost\nOrigin: http://localhost.example.com",
                "Host: localhost\nOrigin: file://",
                "Host: localhost\nSec-Fetch-Site: cross-site",
                "Host: localhost\nSec-Fetch-Site: Cross-Site",
                "Host: localhost\nOrigin: http://localhost\nSec-Fetch-Site: cross-site"
            })
    void what_comes_from_elsewhere_is_403_on_every_method_and_path(String headers)
            throws IOException {
        var before = Refusing.newest(service);
        for (var method : METHODS) {
            for (var path : PATHS) {
                var answer = send(service, method, path, headers);
                var what = method + " " + path + " " + headers;
                // A Host that is none is refused by Tomcat before anyone sees it.
                assertThat(answer.status()).as(what).isIn(403, headers.contains("@") ? 400 : 403);
                assertThat(answer.headers()).doesNotContainKey("Access-Control-Allow-Origin");
                if (answer.status() == 403 && !method.equals("HEAD")) {
                    var problem = JsonMapper.shared().readTree(answer.body());
                    assertThat(problem.get("type").asString())
                            .isEqualTo("urn:procpool:problem:forbidden");
                    assertThat(answer.headers().get("Content-Type"))
                            .isEqualTo("application/problem+json");
                }
            }
        }
        assertThat(Refusing.newest(service)).isEqualTo(before);
    }

    @Test
    void a_request_without_a_host_is_refused() throws IOException {
        var answer = RawHttp.send(service, "GET /v1/results HTTP/1.0", "");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(RawHttp.send(service, "GET /v1/results HTTP/1.1", "").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost",
                "Host: LocalHost:1234",
                "Host: 127.0.0.1",
                "Host: 127.0.0.1:8080",
                "Host: [::1]",
                "Host: [::1]:8080",
                "Host: localhost:8080\nOrigin: http://localhost:8080",
                "Host: localhost\nOrigin: https://localhost",
                "Host: 127.0.0.1:1\nOrigin: http://127.0.0.1:1\nSec-Fetch-Site: same-origin",
                "Host: localhost\nSec-Fetch-Site: none"
            })
    void this_machine_and_its_own_pages_may_call(String headers) throws IOException {
        var answer = send(service, "POST", "/v1/pools/default/apply", headers);
        assertThat(answer.status()).as(headers).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("2");
    }

    @Test
    void more_names_of_this_machine_can_be_set() throws IOException {
        for (var host : new String[] {"pool.example", "POOL.example:80", "other.example"}) {
            var answer = send(LimitedService.get(), "GET", "/v1/results", "Host: " + host);
            assertThat(answer.status()).as(host).isEqualTo(200);
        }
        var foreign = send(LimitedService.get(), "GET", "/v1/results", "Host: x.pool.example");
        assertThat(foreign.status()).isEqualTo(403);
    }

    @ExtendWith(OutputCaptureExtension.class)
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void another_address_is_refused_at_the_start(String address, CapturedOutput output) {
        assertThatThrownBy(() -> Service.start("--server.address=" + address))
                .rootCause()
                .hasMessageContaining("server.address is");
        assertThat(output.getAll())
                .contains("server.address=127.0.0.1", "procpool.security.insecure=true")
                .doesNotContain("Procpool 0.1.0 on");
    }

    @Test
    void another_address_is_taken_by_who_says_that_it_is_meant() throws IOException {
        try (var open =
                Service.start(
                        "--server.address=0.0.0.0",
                        "--procpool.security.insecure=true",
                        "--procpool.pools.default.processes=1")) {
            var call = send(open, "POST", "/v1/pools/default/apply", "Host: example.com");
            assertThat(call.body()).isEqualTo("2");
            for (var headers :
                    new String[] {"Origin: http://elsewhere.com", "Sec-Fetch-Site: cross-site"}) {
                var answer =
                        send(
                                open,
                                "POST",
                                "/v1/pools/default/apply",
                                "Host: example.com\n" + headers);
                assertThat(answer.status()).as(headers).isEqualTo(403);
            }
        }
    }
}
