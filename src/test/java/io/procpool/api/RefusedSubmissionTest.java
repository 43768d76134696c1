package io.procpool.api;

import static io.procpool.api.Refusing.refused;
import static java.nio.charset.StandardCharsets.UTF_16;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A body that is not what the API takes is refused with a sentence about it; nothing is guessed. */
class RefusedSubmissionTest {
    private final Service service = Service.shared();

    private JsonNode bad(String verb, String body) {
        return refused(
                service, () -> service.post("/v1/pools/default/" + verb, body), 400, "bad-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "null",
                "1",
                "\"text\"",
                "[]",
                "[{\"func\":\"tasks.add\",\"args\":[1]}]",
                "{",
                "{\"func\":\"tasks.add\",\"args\":[1]",
                "{\"func\":\"tasks.add\",\"args\":[1]} {}",
                "{\"func\":\"tasks.add\",\"args\":[1],}",
                "{'func':'tasks.add','args':[1]}",
                "{func:\"tasks.add\",\"args\":[1]}",
                "{\"func\":\"tasks.add\",\"args\":[1] /* one */}",
                "{\"func\":\"tasks.add\",\"args\":[01]}",
                "{\"func\":\"tasks.add\",\"args\":[+1]}",
                "{\"func\":\"tasks.add\",\"args\":[.5]}",
                "{\"func\":\"tasks.add\",\"args\":[NaN]}",
                "{\"func\":\"tasks.add\",\"args\":[Infinity]}",
                "{\"func\":\"tasks.add\",\"args\":[-Infinity]}",
                "{\"func\":\"tasks.add\",\"args\":[\"a\nb\"]}",
                "{\"func\":\"tasks.add\",\"args\":[\"\\x41\"]}",
                "{\"func\":\"tasks.add\",\"func\":\"tasks.add\",\"args\":[1]}",
                "{\"func\":\"tasks.add\",\"args\":[1],\"\\u0061rgs\":[2]}",
                "{\"func\":\"tasks.echo\",\"args\":[{\"a\":1,\"a\":2}]}"
            })
    void what_is_not_one_json_object_is_refused(String body) {
        bad("apply", body);
        bad("apply_async", body);
    }

    @Test
    void what_is_not_utf8_is_refused() {
        var json = "{\"func\":\"tasks.echo\",\"args\":[\"é\"]}";
        for (var bytes : new byte[][] {json.getBytes(UTF_16), latin1(json)}) {
            refused(
                    service,
                    () ->
                            service.request()
                                    .header("Content-Type", "application/json")
                                    .body(bytes)
                                    .post("/v1/pools/default/apply"),
                    400,
                    "bad-request");
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "func; {}",
                "func; {\"func\":null}",
                "func; {\"func\":5}",
                "func; {\"func\":[\"tasks.add\"]}",
                "func; {\"args\":[1]}",
                "args; {\"func\":\"tasks.add\",\"args\":{}}",
                "args; {\"func\":\"tasks.add\",\"args\":1}",
                "args; {\"func\":\"tasks.add\",\"args\":\"[1]\"}",
                "kwds; {\"func\":\"tasks.add\",\"kwds\":[]}",
                "kwds; {\"func\":\"tasks.add\",\"kwds\":true}",
                "kwargs; {\"func\":\"tasks.add\",\"kwargs\":{}}",
                "Args; {\"func\":\"tasks.add\",\"Args\":[1]}",
                "iterable; {\"func\":\"tasks.add\",\"iterable\":[1]}",
                "chunksize; {\"func\":\"tasks.add\",\"args\":[1],\"chunksize\":1}",
                "errors; {\"func\":\"tasks.add\",\"args\":[1],\"errors\":\"first\"}",
                "timeout; {\"func\":\"tasks.add\",\"args\":[1],\"timeout\":0}",
                "timeout; {\"func\":\"tasks.add\",\"args\":[1],\"timeout\":-1}",
                "timeout; {\"func\":\"tasks.add\",\"args\":[1],\"timeout\":\"1\"}",
                "timeout; {\"func\":\"tasks.add\",\"args\":[1],\"timeout\":true}",
                "timeout; {\"func\":\"tasks.add\",\"args\":[1],\"timeout\":1e400}",
                "expires_in; {\"func\":\"tasks.add\",\"args\":[1],\"expires_in\":0}",
                "expires_in; {\"func\":\"tasks.add\",\"args\":[1],\"expires_in\":-0.5}",
                "expires_in; {\"func\":\"tasks.add\",\"args\":[1],\"expires_in\":[]}",
                "priority; {\"func\":\"tasks.add\",\"args\":[1],\"priority\":101}",
                "priority; {\"func\":\"tasks.add\",\"args\":[1],\"priority\":-101}",
                "priority; {\"func\":\"tasks.add\",\"args\":[1],\"priority\":1.5}",
                "priority; {\"func\":\"tasks.add\",\"args\":[1],\"priority\":\"high\"}"
            })
    void a_field_of_apply_that_is_wrong_is_named(String field, String body) {
        assertThat(bad("apply", body).get("detail").asString()).contains(field);
        assertThat(bad("apply_async", body).get("detail").asString()).contains(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '\0',
            value = {
                "iterable; {\"func\":\"tasks.add\"}",
                "iterable; {\"func\":\"tasks.add\",\"iterable\":null}",
                "iterable; {\"func\":\"tasks.add\",\"iterable\":{}}",
                "iterable; {\"func\":\"tasks.add\",\"iterable\":\"abc\"}",
                "iterable; {\"func\":\"tasks.add\",\"iterable\":3}",
                "args; {\"func\":\"tasks.add\",\"iterable\":[1],\"args\":[]}",
                "kwds; {\"func\":\"tasks.add\",\"iterable\":[1],\"kwds\":{}}",
                "chunksize; {\"func\":\"tasks.add\",\"iterable\":[1],\"chunksize\":0}",
                "chunksize; {\"func\":\"tasks.add\",\"iterable\":[1],\"chunksize\":-1}",
                "chunksize; {\"func\":\"tasks.add\",\"iterable\":[1],\"chunksize\":1.5}",
                "chunksize; {\"func\":\"tasks.add\",\"iterable\":[1],\"chunksize\":\"1\"}",
                "chunksize; {\"func\":\"tasks.add\",\"iterable\":[1],\"chunksize\":4294967297}",
                "errors; {\"func\":\"tasks.add\",\"iterable\":[1],\"errors\":\"all\"}",
                "errors; {\"func\":\"tasks.add\",\"iterable\":[1],\"errors\":true}"
            })
    void a_field_of_a_map_that_is_wrong_is_named(String field, String body) {
        for (var verb : new String[] {"map", "map_async", "starmap", "starmap_async"}) {
            assertThat(bad(verb, body).get("detail").asString()).contains(field);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"func\":\"tasks.add\",\"args\":[1],\"timeout\":null,\"priority\":null}",
                "{\"func\":\"tasks.add\",\"args\":[1],\"kwds\":null,\"expires_in\":null}",
                "{\"func\":\"tasks.add\",\"args\":[1],\"timeout\":3600,\"expires_in\":0.5}",
                " {\"priority\":-100,\"args\":[1],\"retries\":0,\"func\":\"tasks.add\"}\n",
                "{\"func\":\"tasks.add\",\"kwds\":{\"a\":1},\"priority\":100}"
            })
    void what_is_right_at_the_edge_passes(String body) {
        assertThat(service.post("/v1/pools/default/apply", body).asString()).isEqualTo("2");
    }
}
