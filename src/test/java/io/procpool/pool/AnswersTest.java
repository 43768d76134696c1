package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Limits;
import io.procpool.payload.Nesting;
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
    private static final int ITEMS = 5;

    private final Answers answers = new Answers(new Limits(1_000, 3));

    private static Call call(String verb, boolean collect, int items) {
        return new Call(
                new Call.Origin("r", 0, 1, false),
                verb,
                "mod.func",
                collect,
                items,
                List.of(Payload.ofUtf8("[]")),
                null,
                0,
                null);
    }

    private Outcome outcome(String verb, Kind kind, Map<String, ?> header, String body)
            throws IOException, ProtocolViolation {
        int elements = Nesting.of(Payload.ofUtf8(body)).elements();
        return outcome(
                call(verb, true, elements > 0 ? elements : ITEMS), kind, header, body, false);
    }

    private Outcome outcome(
            Call call, Kind kind, Map<String, ?> header, String body, boolean foreign)
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
        return answers.outcome(call, frame, foreign);
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
                                call("map", true, 2),
                                Kind.RESULT,
                                Map.of("value_length", value.length()),
                                value + list,
                                false);
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

    private String violation(Call call, Map<String, ?> header, String body, boolean foreign)
            throws IOException, ProtocolViolation {
        return violation(outcome(call, Kind.RESULT, header, body, foreign));
    }

    private static String violation(Outcome outcome) {
        return ((Failure.ProtocolError) ((Outcome.Failed) outcome).failure()).detail();
    }

    @Test
    void a_map_of_other_than_its_items_breaks_the_protocol() throws Exception {
        for (var verb : List.of("map", "starmap")) {
            for (var values : List.of("[]", "[1]", "[1,2,3]", "[[1,2]]", "[1,\",\",2]")) {
                assertThat(violation(call(verb, true, 2), Map.of(), values, false))
                        .startsWith("the result of a " + verb + " of 2 items has ");
            }
            for (var none : List.of("12", "{\"a\":1,\"b\":2}", "", "null")) {
                assertThat(violation(call(verb, false, 2), Map.of(), none, false))
                        .isEqualTo("the result of a " + verb + " of 2 items is no array");
            }
        }
        assertThat(outcome(call("apply", false, 1), Kind.RESULT, Map.of(), "[1,2]", false))
                .isInstanceOf(Outcome.Returned.class);
    }

    @Test
    void errors_are_collected_only_where_that_was_asked_for_each_once_and_in_order()
            throws Exception {
        var one = Map.of("index", 1, "problem", "function-raised");
        var first = Map.of("index", 0, "problem", "function-raised");
        var beyond = Map.of("index", 2, "problem", "function-raised");
        var nowhere = Map.of("problem", "function-raised");
        var unasked = Map.of("errors", List.of(one));
        assertThat(violation(call("map", false, 2), unasked, "[1,null]", false))
                .contains("collects no errors");
        for (var errors :
                List.of(
                        List.of(one, first),
                        List.of(one, one),
                        List.of(beyond),
                        List.of(nowhere),
                        List.of(Map.of("index", -1)))) {
            var listed = Map.of("errors", errors);
            assertThat(violation(call("map", true, 2), listed, "[1,null]", false))
                    .contains("by rising index");
        }
        var both = Map.of("errors", List.of(first, one));
        assertThat(outcome(call("map", true, 2), Kind.RESULT, both, "[null,null]", false))
                .isInstanceOf(Outcome.Returned.class);
    }

    @Test
    void the_item_of_an_error_is_one_of_the_call() throws Exception {
        for (int index : List.of(-1, 2, 1 << 30)) {
            var header = Map.of("problem", "function-raised", "index", index);
            assertThat(violation(outcome(call("map", false, 2), Kind.ERROR, header, "", false)))
                    .isEqualTo("an error of item " + index + ", of a call with 2 items");
            assertThat(outcome(call("apply", false, 1), Kind.ERROR, header, "", false))
                    .as("a call without items has none")
                    .isEqualTo(
                            new Outcome.Failed(
                                    new Failure.FunctionRaised(
                                            new Failure.Thrown("Exception", "", ""), null)));
        }
    }

    @Test
    void a_list_of_errors_behind_the_value_that_is_none_breaks_the_protocol() throws Exception {
        for (var list : List.of("", "{}", "[1]", "[{\"index\":1},", "[{\"index\":1},7]")) {
            var behind = Map.of("value_length", 8);
            assertThat(violation(call("map", true, 2), behind, "[0,null]" + list, false))
                    .as(list)
                    .isEqualTo("what follows the value is no list of errors");
        }
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
