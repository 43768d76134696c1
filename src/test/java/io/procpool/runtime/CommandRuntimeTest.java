package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.procpool.function.FunctionSettings;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.runtime.Worker.Event;
import io.procpool.service.NodePools;
import io.procpool.service.Processes;
import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs as workers: how they are started, what is said if they can't be, and how they end. */
class CommandRuntimeTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);

    @TempDir private Path folder;

    private WorkerHost host;
    private CommandRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        NodePools.requireNode();
        host =
                new WorkerHost(
                        new Home(folder.resolve("home")),
                        new Spawner(() -> {}),
                        Limits.DEFAULT,
                        64 << 10);
        runtime = new CommandRuntime(host, new FunctionSettings(List.of(), List.of()));
    }

    @AfterEach
    void close() {
        if (host != null) {
            host.close();
        }
    }

    private static LaunchSpec spec(List<String> command) {
        return new LaunchSpec(
                "p", WorkerKind.PROCESS, command, "spawn", List.of(), Map.of("PROBE", "é"));
    }

    private Launcher open(List<String> command, Duration within) throws StartFailed {
        return runtime.open(spec(command), new Patience(within, new CompletableFuture<>()));
    }

    private String failure(List<String> command, Duration startTimeout) {
        return String.valueOf(
                catchThrowableOfType(StartFailed.class, () -> open(command, startTimeout))
                        .getMessage());
    }

    private static Frame answer(Worker worker, long id, String func, String args) {
        worker.send(
                Frame.of(
                        Kind.CALL,
                        id,
                        Header.of(Map.of("verb", "apply", "func", func)),
                        Payload.ofUtf8("{\"args\":" + args + "}")));
        if (worker.await(System.nanoTime() + LONG.toNanos()) instanceof Event.Received(var frame)) {
            assertThat(frame.callId()).isEqualTo(id);
            return frame;
        }
        throw new AssertionError("no answer to " + func);
    }

    private static String value(Worker worker, long id, String func, String args) {
        var frame = answer(worker, id, func, args);
        assertThat(frame.is(Kind.RESULT)).as("%s", frame).isTrue();
        return frame.payload().utf8();
    }

    @Test
    void a_program_that_speaks_the_protocol_is_a_worker() throws Exception {
        try (var launcher = open(NodePools.WORKER, LONG)) {
            assertThat(launcher.description().orElseThrow()).matches("node \\d+\\.\\d+\\.\\d+");
            assertThat(launcher.catalogue().has("tasks.add")).isTrue();
            assertThat(launcher.catalogue().has("tasks.other")).isFalse();
            assertThat(launcher.warnings()).isEmpty();
            var worker = launcher.start(Duration.ofSeconds(30));
            assertThat(value(worker, 1, "tasks.add", "[2,3]")).isEqualTo("5");
            assertThat(value(worker, 2, "tasks.environment", "[\"PROBE\"]")).isEqualTo("\"é\"");
            assertThat(value(worker, 3, "tasks.environment", "[\"JAVA_HOME\"]")).isEqualTo("null");
            assertThat(value(worker, 4, "tasks.pid", "[]")).isEqualTo(Long.toString(worker.pid()));
            worker.forgetOutput();
            assertThat(value(worker, 5, "tasks.say", "[\"hêllo\",7]")).isEqualTo("7");
            assertThat(worker.output().text()).isEqualTo("hêllo\n");
            var exit = worker.retire(GRACE);
            assertThat(exit.exitcode()).isZero();
            assertThat(exit.signal()).isNull();
        }
    }

    @Test
    void the_first_worker_is_not_started_in_vain_and_ends_with_its_launcher() throws Exception {
        List<Long> pids = new ArrayList<>();
        try (var launcher = open(NodePools.WORKER, LONG)) {
            pids.addAll(Processes.running(folder.toString()));
            var first = Processes.children(ProcessHandle.current().pid());
            var worker = launcher.start(Duration.ofSeconds(30));
            assertThat(first).contains(worker.pid());
            pids.add(worker.pid());
            pids.add(launcher.start(Duration.ofSeconds(30)).pid());
        }
        assertThat(pids).hasSize(2).noneMatch(Processes::alive);

        var unused = open(NodePools.WORKER, LONG);
        var before = Processes.descriptors(ProcessHandle.current().pid());
        unused.close();
        assertThat(unused.usable()).isFalse();
        assertThat(Processes.descriptors(ProcessHandle.current().pid())).isLessThan(before);
    }

    @Test
    void a_first_worker_that_has_died_while_nobody_wanted_it_is_replaced() throws Exception {
        var before = Processes.children(ProcessHandle.current().pid());
        try (var launcher = open(NodePools.WORKER, LONG)) {
            var born = new ArrayList<>(Processes.children(ProcessHandle.current().pid()));
            born.removeAll(before);
            assertThat(born).hasSize(1);
            Processes.kill(born.getFirst());
            Waiting.until("it is gone", () -> !Processes.alive(born.getFirst()));
            // Its end may not have been told yet: then it is the first, and its end is seen at
            // once.
            var worker = launcher.start(Duration.ofSeconds(30));
            if (worker.pid() == born.getFirst()) {
                assertThat(worker.await(System.nanoTime() + LONG.toNanos()))
                        .isInstanceOf(Event.Gone.class);
                worker = launcher.start(Duration.ofSeconds(30));
            }
            assertThat(value(worker, 1, "tasks.add", "[1]")).isEqualTo("2");
        }
    }

    @Test
    void a_program_that_is_not_there_is_named_and_may_come_later() throws Exception {
        assertThat(failure(List.of("no-such-program"), LONG))
                .isEqualTo(
                        "the command no-such-program can't be started: there is no such program"
                                + " on the PATH of its workers");
        var program = folder.resolve("program");
        var command = List.of(program.toString());
        assertThat(failure(command, LONG))
                .isEqualTo(
                        "the command " + program + " can't be started: there is no such program");
        var before = runtime.fingerprint(spec(command));
        Files.writeString(program, "#!/bin/sh\nexec " + String.join(" ", NodePools.WORKER) + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        assertThat(runtime.fingerprint(spec(command))).isNotEqualTo(before);
        try (var launcher = open(command, LONG)) {
            assertThat(value(launcher.start(Duration.ofSeconds(30)), 1, "tasks.add", "[1]"))
                    .isEqualTo("2");
        }
    }

    @Test
    void a_program_that_ends_before_it_has_said_hello_is_quoted() {
        assertThat(failure(NodePools.rogue("exits"), LONG))
                .isEqualTo(
                        "the command node exited with status 3; it printed: cannot load my things");
        assertThat(failure(List.of("node", "no-such-file.js"), LONG))
                .startsWith("the command node exited with status 1; it printed: ")
                .contains("Cannot find module");
        assertThat(failure(List.of("true"), LONG))
                .isEqualTo("the command true exited with status 0");
        assertThat(failure(List.of("sh", "-c", "kill -15 $$"), LONG))
                .isEqualTo("the command sh was killed by signal 15");
        assertThat(failure(List.of("sh", "-c", "exit 200"), LONG))
                .as("no signal has such a number")
                .isEqualTo("the command sh exited with status 200");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "silent|-",
                "token|-",
                "garbage|-",
                "long|-",
                "version|: it does not speak version 1"
            })
    void a_program_that_does_not_say_a_right_hello_is_killed_after_the_start_timeout(
            String how, String why) {
        var before = Processes.children(ProcessHandle.current().pid());
        assertThat(failure(NodePools.rogue(how), Duration.ofSeconds(1)))
                .isEqualTo(
                        "the command node did not connect call with its token within 1.0 s"
                                + (why == null ? "" : why));
        assertThat(before).containsAll(Processes.children(ProcessHandle.current().pid()));
    }

    @Test
    void garbage_on_stdout_is_kept_in_a_log_that_does_not_grow_without_end() throws Exception {
        var log = folder.resolve("home/output/command-p.log");
        try (var launcher = open(NodePools.rogue("printing"), LONG)) {
            var worker = launcher.start(Duration.ofSeconds(30));
            Waiting.until("the garbage is there", () -> Files.exists(log));
            assertThat(Files.readAllBytes(log)).startsWith(0xff, 0xfe, 0x0a);
            assertThat(value(worker, 1, "rogue.print", "[6]")).isEqualTo("null");
            worker.retire(Duration.ZERO);
        }
        try (var files = Files.list(log.getParent())) {
            var sizes = files.map(file -> file.toFile().length()).toList();
            assertThat(sizes).hasSize(2).allMatch(size -> size <= (1 << 20) + (16 << 10));
        }
    }

    @Test
    void a_worker_leads_a_session_and_what_it_has_left_ends_with_it() throws Exception {
        try (var launcher = open(NodePools.WORKER, LONG)) {
            var worker = launcher.start(Duration.ofSeconds(30));
            var stat = Files.readString(Path.of("/proc/" + worker.pid() + "/stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            assertThat(fields[2]).as("its group").isEqualTo(Long.toString(worker.pid()));
            assertThat(fields[3]).as("its session").isEqualTo(Long.toString(worker.pid()));
            var left =
                    Pattern.compile("\\d+")
                            .matcher(value(worker, 1, "tasks.leave_children", "[]"))
                            .results()
                            .map(pid -> Long.valueOf(pid.group()))
                            .toList();
            assertThat(left).hasSize(2).allMatch(Processes::alive);
            worker.retire(GRACE);
            assertThat(left).noneMatch(Processes::alive);
        }
    }
}
