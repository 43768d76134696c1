package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.function.FunctionSettings;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.runtime.Worker.Event;
import io.procpool.service.Processes;
import io.procpool.service.StartingClasses;
import io.procpool.service.Waiting;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Java runtime alone: classes that can't be loaded, starts that are broken off, what JVMs print. */
class JavaRuntimeTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final AtomicInteger POOLS = new AtomicInteger();

    @TempDir private static Path home;

    private static WorkerHost host;
    private static JavaRuntime runtime;

    private final String pool = "p" + POOLS.incrementAndGet();

    @BeforeAll
    static void open() throws IOException {
        host = new WorkerHost(new Home(home), new Spawner(() -> {}), Limits.DEFAULT, 64 << 10);
        runtime =
                new JavaRuntime(
                        host,
                        "",
                        new FunctionSettings(
                                List.of(StartingClasses.folder()), List.of("java.lang.Math.*")));
    }

    @AfterAll
    static void close() throws Exception {
        Waiting.until(
                "the making of the cache is over",
                () -> Processes.running("AOTCacheOutput=" + home).isEmpty());
        host.close();
    }

    private Launcher open(WorkerKind kind, String does, CompletableFuture<Void> ended)
            throws StartFailed {
        var env = Map.of(StartingClasses.VARIABLE, does);
        var spec = new LaunchSpec(pool, kind, List.of(), "spawn", List.of(), env);
        return runtime.open(spec, new Patience(LONG, ended));
    }

    private Launcher open(WorkerKind kind, String does) throws StartFailed {
        return open(kind, does, new CompletableFuture<>());
    }

    private static void requireMax(Worker worker) {
        worker.send(
                Frame.of(
                        Kind.CALL,
                        1,
                        Header.of(Map.of("verb", "apply", "func", "java.lang.Math.max")),
                        Payload.ofUtf8("{\"args\":[3,4]}")));
        assertThat(worker.await(System.nanoTime() + LONG.toNanos()))
                .isInstanceOfSatisfying(
                        Event.Received.class,
                        answer -> assertThat(answer.frame().payload().utf8()).isEqualTo("4"));
    }

    /** The workers of this host; not the one that makes the cache. */
    private List<Long> machines() {
        var workers = Processes.running("-XX:+ErrorFileToStderr");
        return Processes.running(home.toString()).stream().filter(workers::contains).toList();
    }

    @Test
    void the_cache_for_a_faster_start_is_made() throws Exception {
        open(WorkerKind.PROCESS, "").close();
        Waiting.until("there is one", JavaRuntimeTest::hasCache);
    }

    private static boolean hasCache() {
        try (var files = Files.walk(home.resolve("runtime"))) {
            return files.anyMatch(file -> file.toString().endsWith(".aot"));
        } catch (IOException | UncheckedIOException changing) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerKind.class)
    void a_class_whose_initialization_exits_costs_its_own_functions_only(WorkerKind kind)
            throws Exception {
        try (var launcher = open(kind, StartingClasses.EXIT)) {
            var known = launcher.catalogue();
            assertThat(known.modules().get("starting.Moody").error())
                    .contains("exited with status 5");
            assertThat(known.has("starting.Moody.one")).isFalse();
            assertThat(known.has("starting.Plain.one")).isTrue();
            for (int count = 0; count < 2; count++) { // the second one needs another JVM
                var worker = launcher.start(LONG);
                requireMax(worker);
            }
        }
        Waiting.until("no JVM is left", () -> machines().isEmpty());
    }

    @Test
    void a_class_whose_initialization_hangs_costs_its_own_functions_only() throws Exception {
        try (var launcher = open(WorkerKind.PROCESS, StartingClasses.HANG)) {
            assertThat(launcher.catalogue().modules().get("starting.Moody").error())
                    .contains("did not end within 10 s");
            requireMax(launcher.start(LONG));
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerKind.class)
    void a_start_that_is_not_wanted_any_more_is_broken_off(WorkerKind kind) throws Exception {
        var ended = new CompletableFuture<Void>();
        var opening =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return open(kind, StartingClasses.HANG, ended);
                            } catch (StartFailed failure) {
                                throw new CompletionException(failure);
                            }
                        });
        Waiting.until("a JVM starts", () -> !machines().isEmpty());
        ended.complete(null);
        assertThatThrownBy(opening::join)
                .hasCauseInstanceOf(StartFailed.class)
                .hasMessageContaining("the pool was terminated");
        assertThat(machines()).isEmpty();
    }

    @Test
    void a_closed_launcher_has_no_jvm_left_that_was_just_starting() throws Exception {
        var launcher = open(WorkerKind.PROCESS, "");
        requireMax(launcher.start(LONG)); // and with it the start of the next spare one
        launcher.close();
        assertThat(machines()).isEmpty();
        assertThatThrownBy(() -> launcher.start(LONG)).isInstanceOf(StartFailed.class);
    }

    @Test
    void a_spare_jvm_that_has_just_died_is_not_missed() throws Exception {
        try (var launcher = open(WorkerKind.PROCESS, "")) {
            machines().forEach(Processes::kill);
            requireMax(launcher.start(LONG));
        }
    }

    @ParameterizedTest
    @EnumSource(WorkerKind.class)
    void what_jvms_print_is_kept_in_a_log_that_does_not_grow_without_end(WorkerKind kind)
            throws Exception {
        try (var launcher = open(kind, StartingClasses.PRINT)) {
            requireMax(launcher.start(LONG));
            Waiting.until("there are two files", () -> sizes().size() == 2);
            assertThat(sizes()).allMatch(size -> size <= (1 << 20) + (16 << 10));
        }
    }

    private List<Long> sizes() {
        try (var files = Files.list(home.resolve("output"))) {
            return files.filter(
                            file -> file.getFileName().toString().startsWith("java-" + pool + "."))
                    .map(file -> file.toFile().length())
                    .toList();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
