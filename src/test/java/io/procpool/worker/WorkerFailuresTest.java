package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.wire.Header;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What functions throw, print and leave behind, in a JVM of their own that survives it. */
@Timeout(120)
class WorkerFailuresTest {
    private static Machine machine;
    private static Hand worker;

    @BeforeAll
    static void start() throws IOException {
        machine = Machine.alone("-Xss512k");
        var _ = machine.catalogue();
        worker = machine.fork();
    }

    @AfterAll
    static void end() throws IOException {
        worker.close();
        machine.close();
    }

    private static Header exception(String func, String args) {
        return worker.apply("functions." + func, args).header().object("exception");
    }

    @Test
    void an_exception_is_told_from_the_functions_own_frame_on() {
        var exception = exception("Tasks.fail", "[\"so\"]");

        assertThat(exception.string("type")).isEqualTo("java.lang.IllegalArgumentException");
        assertThat(exception.string("message")).isEqualTo("so");
        assertThat(exception.string("traceback"))
                .startsWith("java.lang.IllegalArgumentException: so\n\tat ")
                .contains("functions.Tasks.fail(Tasks.java:")
                .doesNotContain("reflect", "io.procpool");
    }

    @Test
    void causes_are_told_too() {
        assertThat(exception("Faults.raiseWithCause", "[]").string("traceback"))
                .startsWith("java.lang.IllegalStateException: the effect\n")
                .contains("Caused by: java.lang.IllegalArgumentException: the cause\n")
                .doesNotContain("reflect", "io.procpool");
    }

    @Test
    void an_exception_of_the_jdk_has_no_frame_of_ours_either() {
        var answer = worker.apply("java.lang.Math.toIntExact", "[3000000000]");

        assertThat(Hand.problem(answer))
                .isEqualTo("function-raised: java.lang.ArithmeticException: integer overflow");
        assertThat(answer.header().object("exception").string("traceback"))
                .contains("Math.toIntExact")
                .doesNotContain("reflect", "io.procpool");
    }

    @ParameterizedTest
    @CsvSource({
        "raiseError,java.lang.AssertionError",
        "raiseUnspeakable,functions.Faults$Unspeakable",
    })
    void any_throwable_is_told(String function, String type) {
        assertThat(exception("Faults." + function, "[]").string("type")).isEqualTo(type);
    }

    @Test
    void a_stack_that_overflows_is_no_end() {
        assertThat(exception("Faults.recurse", "[0]").string("type"))
                .isEqualTo("java.lang.StackOverflowError");
        assertThat(worker.value("java.lang.Math.abs", "[-1]")).isEqualTo("1");
    }

    @Test
    void results_without_a_json_form_and_too_large_ones() throws IOException {
        assertThat(worker.problem("functions.Api.oddValues", "[\"circle\"]"))
                .startsWith("not-serializable: ");
        assertThat(worker.problem("functions.Api.nest", "[501]"))
                .isEqualTo("not-serializable: the result is nested deeper than 500 levels");
        assertThat(worker.value("functions.Api.nest", "[500]")).hasSize(1000);
        assertThat(Hand.value(worker.call("map", "functions.Api.nest", "[500]", "first")))
                .hasSize(1002);
        assertThat(worker.value("functions.Api.textOf", "[1000000]")).hasSize(1_000_000);
        assertThat(worker.problem("functions.Api.textOf", "[67108865]"))
                .startsWith("result-too-large: ");
    }

    @Test
    void what_was_printed_has_arrived_before_the_answer() {
        var _ = worker.output();
        assertThat(worker.value("functions.Tasks.say", "[\"héllo\",5]")).isEqualTo("5");
        assertThat(worker.output()).isEqualTo("héllo\n");
        var _ = worker.value("functions.Faults.speak", "[\"both\"]");
        assertThat(worker.output()).isEqualTo("both\nboth\n");
        var _ = worker.value("functions.Faults.speakElsewhere", "[\"a thread\"]");
        assertThat(worker.output()).isEqualTo("a thread\n");
        var _ = worker.value("functions.Faults.speakByChild", "[\"a child\"]");
        assertThat(worker.output()).isEqualTo("a child\n");
    }

    @Test
    void streams_that_a_task_closes_or_replaces_are_back_for_the_next() {
        var _ = worker.value("functions.Faults.closeStreams", "[]");
        var _ = worker.value("functions.Faults.replaceStreams", "[]");
        var _ = worker.output();
        var _ = worker.value("functions.Faults.speak", "[\"again\"]");

        assertThat(worker.output()).isEqualTo("again\nagain\n");
        assertThat(worker.value("functions.Faults.readStdin", "[]")).isEqualTo("-1");
    }

    @Test
    void locale_zone_loader_and_interrupt_flag_are_put_back() {
        var before = worker.value("functions.Faults.surroundings", "[]");
        var _ = worker.value("functions.Faults.changeSurroundings", "[]");

        assertThat(worker.value("functions.Faults.surroundings", "[]"))
                .isEqualTo(before)
                .endsWith(",true,false]");
    }

    @Test
    void what_a_task_leaves_behind_is_dead_before_the_answer() throws IOException {
        var file = Files.createTempFile("daemon", ".txt");
        Files.delete(file);

        var _ = worker.value("functions.Faults.leaveDaemon", "[\"" + file + "\",\"return\"]");

        long daemon = Long.parseLong(Files.readString(file).strip());
        assertThat(Processes.alive(daemon)).isFalse();
        assertThat(Processes.children(machine.process().pid())).isEmpty();
    }

    @Test
    void what_the_initializer_has_left_behind_stays() throws Exception {
        var file = Files.createTempFile("daemon", ".txt");
        Files.delete(file);
        try (var other = Machine.alone();
                var initialized = other.fork()) {
            var args = "{\"args\":[\"" + file + "\",\"return\"]}";
            var _ = initialized.call("initialize", "functions.Faults.leaveDaemon", args, "first");
            var _ = initialized.value("java.lang.Math.abs", "[-1]");

            long daemon = Long.parseLong(Files.readString(file).strip());
            assertThat(Processes.alive(daemon)).isTrue();
            other.control().close();
            assertThat(other.exitStatus()).isZero();
            assertThat(Processes.alive(daemon)).isFalse();
        }
    }

    @Test
    void output_that_nobody_read_for_long_is_lost_and_what_follows_is_not() throws IOException {
        try (var other = Machine.alone();
                var unread = other.fork()) {
            var _ = unread.value("functions.Api.flood", "[20000]");
            assertThat(unread.output()).startsWith("0000").doesNotContain("the last line");
            var _ = unread.value("functions.Tasks.say", "[\"heard again\"]");

            assertThat(unread.output()).contains("heard again");
        }
    }
}
