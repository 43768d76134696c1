package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a worker's frames mean. They go through a channel, as real ones do. */
class AnswersTest {
    private final Answers answers = new Answers(new Limits(1_000, 3));

    private static Call call(String verb) {
        return new Call("r", verb, "mod.func", false, List.of(Payload.ofUtf8("[]")), null, 0, null);
    }

    private Outcome outcome(String verb, Kind kind, Map<String, ?> header, String body)
            throws IOException, ProtocolViolation {
        var bytes = new ByteArrayOutputStream();
        var writer = new FrameWriter(Channels.newChannel(bytes));
        writer.add(Frame.of(kind, 1, Header.of(header), Payload.ofUtf8(body)));
        writer.flush();
        var frame =
                new FrameReader(
                                Channels.newChannel(new ByteArrayInputStream(bytes.toByteArray())),
                                FrameLimits.ofBody(1_000_000))
                        .read();
        return answers.outcome(call(verb), frame);
    }

    private Failure failure(Map<String, ?> header) throws IOException, ProtocolViolation {
        return ((Outcome.Failed) outcome("map", Kind.ERROR, header, "")).failure();
    }

    @Test
    void a_result_is_its_bytes() throws Exception {
        var value = " {\"a\": 1e400, \"a\": 12345678901234567890}";
        assertThat(outcome("apply", Kind.RESULT, Map.of(), value))
                .isEqualTo(new Outcome.Returned(Payload.ofUtf8(value), List.of()));
    }

    @Test
    void each_problem_of_the_protocol_is_a_failure_of_its_own() throws Exception {
        assertThat(
                        failure(
                                Map.of(
                                        "problem",
                                        "function-raised",
                                        "index",
                                        4,
                                        "exception",
                                        Map.of(
                                                "type", "mod.Error",
                                                "message", "no",
                                                "traceback", "at…"))))
                .isEqualTo(
                        new Failure.FunctionRaised(
                                new Failure.Thrown("mod.Error", "no", "at…"), 4));
        assertThat(failure(Map.of("problem", "arguments-do-not-fit", "message", "one missing")))
                .isEqualTo(new Failure.ArgumentsDoNotFit("one missing", null));
        assertThat(failure(Map.of("problem", "not-serializable", "message", "a set", "index", 0)))
                .isEqualTo(new Failure.NotSerializable("a set", 0));
        assertThat(failure(Map.of("problem", "result-too-large")))
                .isEqualTo(new Failure.ResultTooLarge(1_000));
        assertThat(failure(Map.of("problem", "function-unknown", "message", "no such module")))
                .isEqualTo(new Failure.FunctionUnknown("mod.func", "no such module"));
        assertThat(failure(Map.of("problem", "function-unknown", "message", " ")))
                .isEqualTo(new Failure.FunctionUnknown("mod.func", null));
    }

    @Test
    void an_error_that_nobody_knows_is_a_break_of_the_protocol() throws Exception {
        assertThat(failure(Map.of("problem", "tired"))).isInstanceOf(Failure.ProtocolError.class);
        assertThat(failure(Map.of())).isInstanceOf(Failure.ProtocolError.class);
        assertThat(failure(Map.of("problem", 7))).isInstanceOf(Failure.ProtocolError.class);
    }

    @Test
    void an_exception_without_its_parts_is_still_one() throws Exception {
        assertThat(failure(Map.of("problem", "function-raised")))
                .isEqualTo(
                        new Failure.FunctionRaised(new Failure.Thrown("Exception", "", ""), null));
    }

    @Test
    void a_collected_error_has_its_place_and_its_failure() throws Exception {
        var errors =
                List.of(
                        Map.of("index", 1, "problem", "not-serializable", "message", "a set"),
                        Map.of("index", 3, "problem", "function-raised"));
        var returned =
                (Outcome.Returned)
                        outcome("map", Kind.RESULT, Map.of("errors", errors), "[0,null,2,null]");
        assertThat(returned.value().utf8()).isEqualTo("[0,null,2,null]");
        assertThat(returned.errors()).extracting(Outcome.ItemFailure::index).containsExactly(1, 3);
        assertThat(returned.errors().getFirst().failure())
                .isEqualTo(new Failure.NotSerializable("a set", 1));
    }

    @Test
    void a_list_of_errors_that_follows_the_value_is_read_there() throws Exception {
        var value = "[0,null]";
        var list = "[{\"index\":1,\"problem\":\"not-serializable\",\"message\":\"a set\"}]";
        var returned =
                (Outcome.Returned)
                        outcome(
                                "map",
                                Kind.RESULT,
                                Map.of("value_length", value.length()),
                                value + list);
        assertThat(returned.value().utf8()).isEqualTo(value);
        assertThat(returned.errors())
                .containsExactly(
                        new Outcome.ItemFailure(1, new Failure.NotSerializable("a set", 1)));
    }

    @Test
    void a_value_that_is_longer_than_its_body_is_a_break_of_the_protocol() throws Exception {
        for (int length : List.of(-1, 4)) {
            assertThat(outcome("map", Kind.RESULT, Map.of("value_length", length), "[1]"))
                    .isEqualTo(
                            new Outcome.Failed(
                                    new Failure.ProtocolError(
                                            "value_length is not within the body")));
        }
    }

    @Test
    void a_value_nests_as_deep_as_the_limit_and_a_chunks_array_is_not_counted() throws Exception {
        assertThat(outcome("apply", Kind.RESULT, Map.of(), "[[{}]]"))
                .isInstanceOf(Outcome.Returned.class);
        assertThat(outcome("map", Kind.RESULT, Map.of(), "[[[{}]]]"))
                .isInstanceOf(Outcome.Returned.class);
        assertThat(outcome("apply", Kind.RESULT, Map.of(), "[[[{}]]]"))
                .isEqualTo(
                        new Outcome.Failed(
                                new Failure.NotSerializable(
                                        "the value nests 4 levels of arrays and objects; 3 are allowed")));
        assertThat(outcome("starmap", Kind.RESULT, Map.of(), "[[[[]]],[[[[]]]]]"))
                .isInstanceOf(Outcome.Failed.class);
        assertThat(outcome("apply", Kind.RESULT, Map.of(), "\"[[[[[[\""))
                .as("brackets in a text nest nothing")
                .isInstanceOf(Outcome.Returned.class);
    }

    @Test
    void every_outcome_has_the_label_that_the_metrics_document() {
        assertThat(
                        List.of(
                                        new Failure.TimedOut(java.time.Duration.ZERO),
                                        new Failure.WorkerLost("crash_exit", 1, null, ""),
                                        new Failure.Cancelled(),
                                        new Failure.PoolTerminated("p"),
                                        new Failure.ProtocolError(""),
                                        new Failure.ResultTooLarge(1))
                                .stream()
                                .map(failure -> new Outcome.Failed(failure).label()))
                .containsExactly(
                        "timed_out",
                        "worker_lost",
                        "cancelled",
                        "pool_terminated",
                        "protocol_error",
                        "failed");
        assertThat(new Outcome.Returned(Payload.ofUtf8("1"), List.of()).label())
                .isEqualTo("succeeded");
    }
}
