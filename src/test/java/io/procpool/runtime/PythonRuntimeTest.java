package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.function.FunctionSettings;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.runtime.Worker.Event;
import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The Python runtime alone: a launcher, its workers, their calls and ends, with each interpreter that there is. */
class PythonRuntimeTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);

    @TempDir private Path folder;

    private WorkerHost host;
    private Path modules;

    @BeforeEach
    void open() throws IOException {
        modules = Files.createDirectory(folder.resolve("functions"));
        Files.writeString(
                modules.resolve("probe.py"),
                """
                import sys

                def version():
                    return "%d.%d" % sys.version_info[:2]

                def say(text):
                    print(text)
                    return text

                def leave(status):
                    import os
                    os._exit(status)
                """);
        host =
                new WorkerHost(
                        new Home(folder.resolve("home")),
                        new Spawner(() -> {}),
                        Limits.DEFAULT,
                        64 << 10);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private PythonRuntime runtime(String command) {
        return new PythonRuntime(
                host, command, new FunctionSettings(List.of(modules), List.of("math.*")));
    }

    private static LaunchSpec spec(String startMethod) {
        return new LaunchSpec(
                "p", WorkerKind.PROCESS, List.of(), startMethod, List.of(), Map.of("PROBE", "é"));
    }

    private static Patience patience() {
        return new Patience(LONG, new CompletableFuture<>());
    }

    static Stream<Arguments> versionsAndStartMethods() {
        return Pythons.supported().stream()
                .flatMap(
                        minor ->
                                Stream.of("forkserver", "spawn")
                                        .map(method -> Arguments.of(minor, method)));
    }

    /** The frame that answers. */
    private static Frame answer(Worker worker, long id, String verb, String func, String body) {
        worker.send(
                Frame.of(
                        Kind.CALL,
                        id,
                        Header.of(Map.of("verb", verb, "func", func)),
                        Payload.ofUtf8(body)));
        var event = worker.await(System.nanoTime() + LONG.toNanos());
        if (event instanceof Event.Received(var frame)) {
            assertThat(frame.callId()).isEqualTo(id);
            return frame;
        }
        throw new AssertionError("no answer but " + event);
    }

    private static String value(Worker worker, long id, String verb, String func, String body) {
        var frame = answer(worker, id, verb, func, body);
        assertThat(frame.is(Kind.RESULT)).as("%s", frame).isTrue();
        return frame.payload().utf8();
    }

    @ParameterizedTest(name = "Python 3.{0}, {1}")
    @MethodSource("versionsAndStartMethods")
    void a_worker_of_each_interpreter_is_started_called_and_ended(int minor, String startMethod)
            throws Exception {
        var runtime = runtime(Pythons.require(minor).toString());
        assertThat(runtime.description()).isEqualTo("python 3." + minor);
        try (var launcher = runtime.open(spec(startMethod), patience())) {
            assertThat(launcher.startMethod()).isEqualTo(startMethod);
            assertThat(launcher.warnings()).isEmpty();
            for (var func : List.of("probe.version", "probe.say", "math.factorial")) {
                assertThat(launcher.catalogue().has(func)).as(func).isTrue();
            }
            var worker = launcher.start(Duration.ofSeconds(30));
            assertThat(value(worker, 1, "apply", "probe.version", "{\"args\":[],\"kwds\":{}}"))
                    .isEqualTo("\"3." + minor + "\"");
            assertThat(value(worker, 2, "map", "math.factorial", "[0,5,20]"))
                    .isEqualTo("[1,120,2432902008176640000]");
            worker.forgetOutput();
            assertThat(value(worker, 3, "apply", "probe.say", "{\"args\":[\"日本\"]}"))
                    .isEqualTo("\"日本\"");
            assertThat(worker.output().text()).isEqualTo("日本\n");
            assertThat(answer(worker, 4, "apply", "os.system", "{\"args\":[\"true\"]}").header())
                    .satisfies(
                            header ->
                                    assertThat(header.string("problem"))
                                            .isEqualTo("function-unknown"));
            assertThat(worker.retire(GRACE).exitcode()).isZero();
            Waiting.until("it is gone", () -> ProcessHandle.of(worker.pid()).isEmpty());
        }
    }

    @Test
    void a_worker_that_exits_tells_with_what() throws Exception {
        try (var launcher = runtime("").open(spec("forkserver"), patience())) {
            var worker = launcher.start(Duration.ofSeconds(30));
            worker.send(
                    Frame.of(
                            Kind.CALL,
                            1,
                            Header.of(Map.of("verb", "apply", "func", "probe.leave")),
                            Payload.ofUtf8("{\"args\":[7]}")));
            var event = worker.await(System.nanoTime() + LONG.toNanos());
            assertThat(event)
                    .isInstanceOfSatisfying(
                            Event.Gone.class,
                            gone -> {
                                assertThat(gone.exit().exitcode()).isEqualTo(7);
                                assertThat(gone.exit().signal()).isNull();
                                assertThat(gone.exit().peakRss()).isPositive();
                                assertThat(gone.exit()).hasToString("exited with status 7");
                            });
        }
    }

    @Test
    void a_poke_ends_a_wait_and_a_deadline_does() throws Exception {
        try (var launcher = runtime("").open(spec("forkserver"), patience())) {
            var worker = launcher.start(Duration.ofSeconds(30));
            assertThat(worker.await(System.nanoTime())).isInstanceOf(Event.Due.class);
            worker.poke();
            worker.poke();
            assertThat(worker.await(System.nanoTime() + LONG.toNanos()))
                    .isInstanceOf(Event.Poked.class);
            assertThat(worker.await(System.nanoTime()))
                    .as("two pokes at once are one")
                    .isInstanceOf(Event.Due.class);
            var poking = Thread.ofVirtual().start(worker::poke);
            assertThat(worker.await(System.nanoTime() + LONG.toNanos()))
                    .isInstanceOf(Event.Poked.class);
            poking.join();
            assertThat(worker.destroy().signal()).isEqualTo(9);
        }
    }

    @Test
    void a_closed_launcher_leaves_no_process_and_starts_none() throws Exception {
        var launcher = runtime("").open(spec("forkserver"), patience());
        var workers =
                List.of(
                        launcher.start(Duration.ofSeconds(30)),
                        launcher.start(Duration.ofSeconds(30)));
        assertThat(launcher.usable()).isTrue();
        launcher.close();
        assertThat(launcher.usable()).isFalse();
        for (var worker : workers) {
            assertThat(worker.await(System.nanoTime() + LONG.toNanos()))
                    .isInstanceOf(Event.Gone.class);
            Waiting.until("it is gone", () -> ProcessHandle.of(worker.pid()).isEmpty());
        }
        assertThatThrownBy(() -> launcher.start(Duration.ofSeconds(30)))
                .isInstanceOf(StartFailed.class);
        launcher.close();
    }

    @Test
    void a_missing_interpreter_is_said_when_it_is_needed() {
        var runtime = runtime("/no/such/python3");
        assertThat(runtime.description()).isEqualTo("python (not found)");
        assertThatThrownBy(() -> runtime.open(spec("forkserver"), patience()))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("/no/such/python3");
    }

    @Test
    void a_module_that_cannot_be_imported_is_in_the_catalogue_with_its_error() throws Exception {
        Files.writeString(modules.resolve("broken.py"), "import no_such_module\n");
        Files.writeString(modules.resolve("deadly.py"), "import os; os._exit(3)\n");
        try (var launcher = runtime("").open(spec("forkserver"), patience())) {
            var known = launcher.catalogue().modules();
            assertThat(known.get("broken").error()).contains("no_such_module");
            assertThat(known.get("deadly").error()).contains("exited with status 3");
            assertThat(known.get("probe").error()).isNull();
            var worker = launcher.start(Duration.ofSeconds(30));
            assertThat(value(worker, 1, "apply", "probe.say", "{\"args\":[1]}")).isEqualTo("1");
            worker.destroy();
        }
    }

    @Test
    void workers_have_a_clean_environment_with_what_the_pool_adds() throws Exception {
        Files.writeString(
                modules.resolve("around.py"),
                """
                import os

                def names():
                    return sorted(os.environ)

                def probe():
                    return os.environ["PROBE"]
                """);
        try (var launcher = runtime("").open(spec("forkserver"), patience())) {
            var worker = launcher.start(Duration.ofSeconds(30));
            assertThat(value(worker, 1, "apply", "around.probe", "{}")).isEqualTo("\"é\"");
            var names =
                    List.of(
                            value(worker, 2, "apply", "around.names", "{}")
                                    .replaceAll("[\\[\\]\"]", "")
                                    .split(",", -1));
            assertThat(names)
                    .contains("PATH", "PROBE")
                    .isSubsetOf(
                            "PATH",
                            "HOME",
                            "LANG",
                            "LC_ALL",
                            "LC_CTYPE",
                            "TZ",
                            "TMPDIR",
                            "PROBE",
                            Leftovers.VARIABLE);
            worker.destroy();
        }
    }
}
