package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ends of a worker JVM: by a function, by the service, by memory. Each has a JVM of its own. */
@Timeout(120)
class WorkerEndTest {
    @TempDir private Path folder;

    private String file() {
        return folder.resolve("ledger").toString();
    }

    private long written() throws InterruptedException, IOException {
        var path = Path.of(file());
        Waiting.until("a line in " + path, () -> path.toFile().length() > 0);
        return Long.parseLong(Files.readString(path).strip().lines().toList().getLast());
    }

    @Test
    void memory_that_is_exhausted_is_told_before_the_end() throws IOException {
        try (var machine = Machine.alone("-Xmx48m");
                var worker = machine.fork()) {
            var answer = worker.apply("functions.Faults.exhaustMemory", "[]");

            assertThat(Hand.problem(answer))
                    .startsWith("function-raised: java.lang.OutOfMemoryError");
            assertThat(answer.header().object("exception").string("type"))
                    .isEqualTo("java.lang.OutOfMemoryError");
            assertThat(machine.exitStatus()).isEqualTo(3);
        }
    }

    @Test
    void memory_that_another_thread_exhausts_is_the_end_too() throws IOException {
        try (var machine = Machine.alone("-Xmx48m");
                var worker = machine.fork()) {
            worker.beginApply("functions.Faults.exhaustMemoryElsewhere", "[]");

            assertThat(machine.exitStatus()).isEqualTo(3);
        }
    }

    @Test
    void a_function_may_end_its_jvm_and_what_it_printed_is_there() throws IOException {
        try (var machine = Machine.alone();
                var worker = machine.fork()) {
            worker.beginApply("functions.Api.sayAndDie", "[\"goodbye\"]");

            assertThat(machine.exitStatus()).isEqualTo(3);
            assertThat(worker.output()).isEqualTo("goodbye\nand an error\n");
        }
    }

    @Test
    void system_exit_and_its_hooks() throws IOException {
        try (var machine = Machine.alone();
                var worker = machine.fork()) {
            worker.beginApply("functions.Tasks.leave", "[7]");

            assertThat(machine.exitStatus()).isEqualTo(7);
        }
    }

    @Test
    void a_crash_leaves_the_words_of_the_jvm_in_the_output() throws IOException {
        try (var machine = Machine.alone();
                var worker = machine.fork()) {
            worker.beginApply("functions.Faults.crash", "[\"segfault\"]");

            assertThat(worker.lastOutput())
                    .startsWith("crash by segfault\n")
                    .contains("SIGSEGV", "functions.Tasks.segfault");
            assertThat(machine.exitStatus()).isEqualTo(128 + 6);
        }
    }

    @Test
    void the_end_of_the_control_connection_ends_all() throws Exception {
        try (var machine = Machine.alone();
                var worker = machine.fork()) {
            var _ = worker.value("functions.Faults.leakThread", "[]");
            var _ = worker.value("functions.Faults.hangAtExit", "[]");
            var _ = worker.value("functions.Faults.stopListening", "[]");
            worker.beginApply("functions.Faults.beFamily", "[\"" + file() + "\"]");
            long daemon = written();
            machine.control().close();

            assertThat(machine.exitStatus()).isZero();
            assertThat(Processes.alive(daemon)).isFalse();
        }
    }

    @Test
    void a_bye_on_the_control_connection_ends_all() throws IOException {
        try (var machine = Machine.threads();
                var one = machine.fork();
                var two = machine.fork()) {
            one.beginApply("functions.Tasks.spin", "[]");
            assertThat(two.value("java.lang.Math.abs", "[-1]")).isEqualTo("1");
            machine.control().send(Frame.of(Kind.BYE, 0, Header.EMPTY));

            assertThat(machine.exitStatus()).isZero();
        }
    }

    @Test
    void a_bye_for_the_only_worker_ends_the_jvm_with_status_0() throws IOException {
        try (var machine = Machine.alone();
                var worker = machine.fork()) {
            var _ = worker.value("functions.Faults.leakThread", "[]");
            worker.peer().send(Frame.of(Kind.BYE, 0, Header.EMPTY));

            assertThat(machine.exitStatus()).isZero();
        }
    }

    @Test
    void the_end_of_a_busy_workers_connection_is_seen() throws Exception {
        try (var machine = Machine.alone();
                var worker = machine.fork()) {
            worker.beginApply("functions.Faults.beDeaf", "[\"" + file() + "\"]");
            var _ = written();
            worker.peer().close();

            assertThat(machine.exitStatus()).isZero();
        }
    }

    @Test
    void sigterm_ends_a_jvm_as_any_other() throws IOException {
        try (var machine = Machine.alone()) {
            var _ = machine.catalogue();
            machine.process().destroy();

            assertThat(machine.exitStatus()).isEqualTo(128 + 15);
        }
    }

    @Test
    void a_spare_jvm_that_nobody_wants_ends_with_its_connection() throws IOException {
        try (var machine = Machine.alone()) {
            var _ = machine.catalogue();
            machine.control().close();

            assertThat(machine.exitStatus()).isZero();
        }
    }

    @Test
    void a_refusal_is_said_and_is_the_end() throws IOException {
        try (var machine = Machine.with(Map.of("version", 2))) {
            assertThat(machine.exitStatus()).isEqualTo(1);
            assertThat(machine.log()).content().contains("procpool worker: the service answered");
        }
    }
}
