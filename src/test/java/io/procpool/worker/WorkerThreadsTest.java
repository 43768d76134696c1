package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several workers in one JVM, each a thread. */
@Timeout(120)
class WorkerThreadsTest {
    private static Machine machine;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws IOException {
        machine = Machine.threads();
        var _ = machine.catalogue();
    }

    @AfterAll
    static void end() throws IOException {
        machine.close();
    }

    private Frame forked() {
        return machine.control().read();
    }

    @Test
    void workers_have_numbers_of_their_own_and_one_process() throws IOException {
        try (var one = machine.fork();
                var two = machine.fork()) {
            var first = forked();
            var second = forked();

            assertThat(first.is(Kind.FORKED)).isTrue();
            assertThat(second.header().number("pid", 0))
                    .isEqualTo(first.header().number("pid", 0) + 1);
            assertThat(first.header().number("process", 0)).isEqualTo(machine.process().pid());
            assertThat(one.value("functions.Tasks.pid", "[]"))
                    .isEqualTo(two.value("functions.Tasks.pid", "[]"))
                    .isEqualTo(Long.toString(machine.process().pid()));
            end(one);
            end(two);
        }
    }

    private static void end(Hand worker) {
        worker.peer().send(Frame.of(Kind.BYE, 0, Header.EMPTY));
        worker.peer().awaitEnd();
        var exited = machine.control().read();
        assertThat(exited.is(Kind.EXITED)).isTrue();
        assertThat(exited.header().integer("exitcode")).isZero();
    }

    @Test
    void each_prints_to_its_own_connection_and_so_do_threads_of_its_tasks() throws IOException {
        try (var one = machine.fork();
                var two = machine.fork()) {
            var _ = one.value("functions.Tasks.say", "[\"one\"]");
            var _ = two.value("functions.Faults.speakElsewhere", "[\"two\"]");

            assertThat(one.output()).isEqualTo("one\n");
            assertThat(two.output()).isEqualTo("two\n");
            var _ = forked();
            var _ = forked();
            end(one);
            end(two);
        }
    }

    @Test
    void a_cancelled_task_is_interrupted_and_the_worker_goes_on() throws Exception {
        var file = folder.resolve("ledger");
        try (var worker = machine.fork()) {
            worker.beginApply("functions.Faults.sleepForEver", "[\"" + file + "\"]");
            Waiting.until("the task has begun", () -> file.toFile().length() > 0);
            worker.peer().send(Frame.of(Kind.CANCEL, worker.id() + 1, Header.EMPTY)); // another's
            worker.peer().send(Frame.of(Kind.CANCEL, worker.id(), Header.EMPTY));

            assertThat(Hand.problem(worker.answer()))
                    .startsWith("function-raised: java.lang.InterruptedException");
            assertThat(worker.value("functions.Faults.surroundings", "[]")).endsWith(",false]");
            worker.peer().send(Frame.of(Kind.CANCEL, worker.id(), Header.EMPTY)); // too late
            assertThat(worker.value("functions.Tasks.nap", "[0.1]")).isEqualTo("0.1");
            var _ = forked();
            end(worker);
        }
    }

    @Test
    void an_unknown_kind_during_a_call_is_answered_and_the_call_goes_on() throws Exception {
        var gate = folder.resolve("gate");
        try (var worker = machine.fork()) {
            worker.beginApply("functions.Api.waitFor", "[\"" + gate + "\",5]");
            worker.peer().send(new Frame(77, 9, Header.EMPTY, java.util.List.of()));
            var refusal = worker.peer().read();
            assertThat(refusal.callId()).isEqualTo(9);
            assertThat(refusal.header().string("problem")).isEqualTo("unknown-kind");
            java.nio.file.Files.createFile(gate);

            assertThat(Hand.value(worker.answer())).isEqualTo("5");
            var _ = forked();
            end(worker);
        }
    }

    @Test
    void the_end_of_a_connection_ends_one_worker_only() throws IOException {
        try (var one = machine.fork();
                var two = machine.fork()) {
            var _ = forked();
            var _ = forked();
            one.peer().close();
            var exited = machine.control().read();
            assertThat(exited.is(Kind.EXITED)).isTrue();

            assertThat(two.value("java.lang.Math.abs", "[-1]")).isEqualTo("1");
            end(two);
        }
    }

    @Test
    void a_host_takes_no_calls() {
        machine.control().send(Frame.of(Kind.CALL, 4, Header.EMPTY));
        var answer = machine.control().read();

        assertThat(answer.is(Kind.ERROR)).isTrue();
        assertThat(answer.callId()).isEqualTo(4);
        assertThat(answer.header().string("problem")).isEqualTo("unknown-kind");
    }
}
