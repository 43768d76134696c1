package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The verbs, over the wire, with the jar in a JVM of its own. */
@Timeout(120)
class WorkerCallsTest {
    private static Machine machine;
    private static Hand worker;

    @BeforeAll
    static void start() throws IOException {
        machine = Machine.threads();
        var _ = machine.catalogue();
        worker = machine.fork();
    }

    @AfterAll
    static void end() throws IOException {
        worker.close();
        machine.close();
    }

    @Test
    void apply_answers_the_value_and_what_it_cost() {
        var answer = worker.apply("java.lang.Math.max", "[3,7]");

        assertThat(Hand.value(answer)).isEqualTo("7");
        assertThat(answer.header().decimal("cpu_seconds", -1)).isNotNegative();
        assertThat(answer.header().number("peak_rss", 0)).isPositive();
    }

    @Test
    void apply_binds_kwds_by_name_and_a_missing_member_is_empty() {
        assertThat(
                        Hand.value(
                                worker.call(
                                        "apply",
                                        "functions.Tasks.add",
                                        "{\"args\":[1],\"kwds\":{\"b\":5}}",
                                        "first")))
                .isEqualTo("6");
        assertThat(
                        Hand.value(
                                worker.call(
                                        "apply",
                                        "functions.Tasks.add",
                                        "{\"kwds\":{\"b\":5,\"a\":2}}",
                                        "first")))
                .isEqualTo("7");
        assertThat(Hand.value(worker.call("apply", "functions.Tasks.echo", "{}", "first")))
                .isEqualTo("null");
    }

    @Test
    void map_calls_with_each_item_and_starmap_unpacks_it() {
        assertThat(
                        Hand.value(
                                worker.call(
                                        "map",
                                        "java.lang.Math.abs",
                                        "[-1, 2.5,-3000000000]",
                                        "first")))
                .isEqualTo("[1,2.5,3000000000]");
        assertThat(
                        Hand.value(
                                worker.call(
                                        "starmap",
                                        "functions.Tasks.add",
                                        "[[1,2],[3],[4,5]]",
                                        "first")))
                .isEqualTo("[3,4,9]");
        assertThat(Hand.value(worker.call("map", "java.lang.Math.abs", "[]", "first")))
                .isEqualTo("[]");
    }

    @Test
    void the_first_failing_item_ends_a_map_and_is_named() {
        var answer = worker.call("map", "functions.Tasks.failIfOdd", "[2,4,5,7]", "first");

        assertThat(Hand.problem(answer))
                .isEqualTo("function-raised: java.lang.IllegalArgumentException: odd: 5");
        assertThat(answer.header().integer("index")).isEqualTo(2);
    }

    @Test
    void collect_keeps_the_other_values() {
        var answer = worker.call("map", "functions.Tasks.failIfOdd", "[2,3,\"x\",4]", "collect");

        assertThat(Hand.value(answer)).isEqualTo("[2,null,null,4]");
        assertThat(answer.header().objects("errors"))
                .extracting(error -> error.integer("index"), error -> error.string("problem"))
                .containsExactly(tuple(1, "function-raised"), tuple(2, "arguments-do-not-fit"));
    }

    @Test
    void a_long_list_of_errors_follows_the_value_in_the_body() {
        var items = "[" + "1,".repeat(2_000) + "2]";

        var answer = worker.call("map", "functions.Tasks.failIfOdd", items, "collect");

        var length = answer.header().integer("value_length");
        assertThat(length).isEqualTo("[".length() + 5 * 2_000 + "2]".length());
        var body = answer.payload();
        assertThat(body.slice(0, length).utf8()).startsWith("[null,null").endsWith(",2]");
        assertThat(Header.list(body.slice(length, body.size()))).hasSize(2_000);
        assertThat(answer.header().objects("errors")).isEmpty();
    }

    @Test
    void an_item_of_starmap_must_be_an_array() {
        var answer = worker.call("starmap", "functions.Tasks.add", "[[1,2],3]", "first");

        assertThat(Hand.problem(answer)).startsWith("arguments-do-not-fit: ");
        assertThat(answer.header().integer("index")).isEqualTo(1);
    }

    @Test
    void bodies_of_another_form_do_not_fit() {
        assertThat(Hand.problem(worker.call("map", "java.lang.Math.abs", "{}", "first")))
                .startsWith("arguments-do-not-fit: ");
        assertThat(Hand.problem(worker.call("apply", "java.lang.Math.abs", "[1]", "first")))
                .startsWith("arguments-do-not-fit: ");
        assertThat(Hand.problem(worker.call("apply", "java.lang.Math.abs", "{\"args\":", "first")))
                .startsWith("arguments-do-not-fit: ");
    }

    @Test
    void initialize_drops_the_value() {
        var answer =
                worker.call("initialize", "functions.Api.initialize", "{\"args\":[5]}", "first");

        assertThat(Hand.value(answer)).isEqualTo("null");
        assertThat(worker.value("functions.Api.initializedWith", "[]")).startsWith("[5,");
    }

    @Test
    void unknown_verbs_and_kinds_are_told_and_the_worker_goes_on() {
        assertThat(Hand.problem(worker.call("dance", "java.lang.Math.abs", "{}", "first")))
                .startsWith("unknown-kind: ");
        worker.peer().send(new Frame(99, 7, Header.EMPTY, List.of()));
        var answer = worker.peer().read();
        assertThat(answer.is(Kind.ERROR)).isTrue();
        assertThat(answer.callId()).isEqualTo(7);
        assertThat(answer.header().string("problem")).isEqualTo("unknown-kind");
        worker.peer().send(Frame.of(Kind.ANSWER, 7, Header.EMPTY));
        assertThat(worker.value("java.lang.Math.abs", "[-1]")).isEqualTo("1");
    }

    @Test
    void values_pass_as_they_are() {
        for (var json :
                new String[] {
                    "123456789012345678901234567890",
                    "1.5",
                    "0.1",
                    "[1,[2,{\"a\":null}],\"ä€😀\"]",
                    "\"\"",
                    "true",
                    "1234567890.12345678901234567890"
                }) {
            assertThat(worker.value("functions.Tasks.echo", "[" + json + "]")).isEqualTo(json);
        }
    }
}
