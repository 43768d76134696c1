package io.procpool.pool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker sends that is not ours goes to clients as JSON: so it has to be some. */
class ForeignAnswersTest {
    private final Answers answers = new Answers(new Limits(1_000, 3));

    private Outcome outcome(String verb, int items, byte[] body, boolean foreign) {
        var call =
                new Call(
                        new Call.Origin("r", 0, 1, false),
                        verb,
                        "mod.func",
                        false,
                        items,
                        List.of(Payload.ofUtf8("[]")),
                        null,
                        0,
                        null);
        var frame = new Frame(Kind.RESULT.number(), 1, Header.EMPTY, List.of(Payload.of(body)));
        return answers.outcome(call, frame, foreign);
    }

    private String violation(byte[] body) {
        var failed = (Outcome.Failed) outcome("apply", 1, body, true);
        return ((Failure.ProtocolError) failed.failure()).detail();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "NaN",
                "1 2",
                "[1,]",
                "{\"a\":1,\"a\":2}",
                "'x'",
                "\"a",
                "[1",
                "undefined",
                "01",
                "1x",
                "\uFEFF1"
            })
    void a_value_that_is_no_json_breaks_the_protocol(String body) {
        assertThat(violation(body.getBytes(UTF_8))).startsWith("the result is no JSON: ");
        assertThat(outcome("apply", 1, body.getBytes(UTF_8), false))
                .as("our own workers are not checked")
                .isInstanceOf(Outcome.Returned.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                " 12 ",
                "\"a\"",
                "-1e5",
                "0",
                "[]",
                "{\"a\":[[]]}",
                "true",
                "[[{}]]"
            })
    void a_value_that_is_json_passes_as_it_is(String value) {
        assertThat(outcome("apply", 1, value.getBytes(UTF_8), true))
                .isEqualTo(new Outcome.Returned(Payload.ofUtf8(value), List.of()));
    }

    @Test
    void a_maps_array_is_no_level_of_its_values() {
        assertThat(outcome("map", 2, "[[[{}]],1]".getBytes(UTF_8), true))
                .isInstanceOf(Outcome.Returned.class);
    }

    @Test
    void a_value_must_be_utf_8() {
        assertThat(violation(new byte[] {'"', (byte) 0xC3, '"'})).contains("not valid UTF-8");
    }
}
