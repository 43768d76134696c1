package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.function.Catalogue;
import io.procpool.function.FunctionSettings;
import io.procpool.wire.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Python workers: a forkserver for each generation of a pool. */
final class PythonRuntime implements Runtime {
    private static final Logger LOG = LoggerFactory.getLogger(PythonRuntime.class);
    private static final Duration IMPORT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(20);
    private static final Duration STUCK_AFTER = IMPORT_TIMEOUT.plusSeconds(2);
    private static final int MOST_SKIPPED = 32;

    /** What a worker gets of the service's environment. Everything else, secrets among it, stays here. */
    private static final Set<String> INHERITED =
            Set.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

    private final WorkerHost host;
    private final String command;
    private final FunctionSettings functions;
    private final ReentrantLock finding = new ReentrantLock();
    private @Nullable PythonInterpreter interpreter;

    PythonRuntime(WorkerHost host, String command, FunctionSettings functions) {
        this.host = host;
        this.command = command.isBlank() ? "python3" : command;
        this.functions = functions;
    }

    @Override
    public String name() {
        return "python";
    }

    @Override
    public String description() {
        try {
            return "python " + interpreter().version().replaceFirst("\\.\\d+$", "");
        } catch (StartFailed failure) {
            return "python (not found)";
        }
    }

    private PythonInterpreter interpreter() throws StartFailed {
        finding.lock(); // also over the question: whoever comes meanwhile wants the same answer
        try {
            var known = interpreter;
            if (known == null) {
                known = PythonInterpreter.find(command, host.spawner(), host.home().path());
                interpreter = known;
            }
            return known;
        } finally {
            finding.unlock();
        }
    }

    @Override
    public Launcher open(LaunchSpec spec) throws StartFailed {
        var skip = new TreeMap<String, String>();
        while (true) {
            var forkserver = connect(spec, skip);
            try {
                return new PythonLauncher(
                        forkserver, awaitReady(forkserver), spec, host, welcome(spec, skip));
            } catch (ImportKilled killed) {
                // An import that ends or blocks the interpreter is left out at the next try, and
                // listed with its cause.
                LOG.warn(
                        "Pool {}: the import of {} {}",
                        spec.pool(),
                        killed.module,
                        killed.getMessage());
                skip.put(killed.module, String.valueOf(killed.getMessage()));
                if (skip.size() > MOST_SKIPPED) {
                    throw new StartFailed(
                            "more than "
                                    + MOST_SKIPPED
                                    + " modules end the interpreter that imports them");
                }
            }
        }
    }

    private static final class ImportKilled extends Exception {
        private static final long serialVersionUID = 1L;

        private final String module;

        ImportKilled(String module, String how) {
            super(how);
            this.module = module;
        }
    }

    private Forkserver connect(LaunchSpec spec, Map<String, String> skip) throws StartFailed {
        try (var invitation = host.socket().invite(welcome(spec, skip))) {
            var log = host.home().folder("output").resolve("forkserver-" + spec.pool() + ".log");
            var process = host.spawner().start(forkserverProcess(spec, log));
            try {
                configure(process, invitation.token());
                return new Forkserver(
                        spec.pool(), process, arrival(invitation, process, log), host.outputTail());
            } catch (IOException | StartFailed | RuntimeException failure) {
                process.destroyForcibly();
                var _ = invitation.arrival("control").thenAccept(Connection::close);
                throw failure;
            }
        } catch (IOException failure) {
            throw new StartFailed("the forkserver can't be started: " + failure, failure);
        }
    }

    /** One line on its stdin: what is secret is neither in its arguments nor in its environment. */
    private void configure(Process process, String token) throws IOException {
        var line = Header.of(Map.of("socket", host.socket().path().toString(), "token", token));
        try (var stdin = process.getOutputStream()) {
            stdin.write((line + "\n").getBytes(UTF_8));
        }
    }

    private static Connection arrival(WorkerSocket.Invitation invitation, Process process, Path log)
            throws StartFailed, IOException {
        var control = invitation.arrival("control");
        try {
            CompletableFuture.anyOf(control, process.onExit())
                    .get(CONNECT_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            throw new StartFailed(
                    "the forkserver did not connect within " + CONNECT_WITHIN.toSeconds() + " s",
                    late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted while the forkserver was started", interrupted);
        }
        if (!control.isDone()) {
            throw new StartFailed(
                    "the forkserver ended with status "
                            + process.exitValue()
                            + ": "
                            + lastLine(log));
        }
        return control.join();
    }

    private ProcessBuilder forkserverProcess(LaunchSpec spec, Path log)
            throws StartFailed, IOException {
        var entry = host.pythonSources().resolve(PythonSources.ENTRY);
        var builder = new ProcessBuilder(interpreter().executable(), entry.toString());
        var inherited = new HashMap<>(System.getenv());
        inherited.keySet().retainAll(INHERITED);
        builder.environment().clear();
        builder.environment().putAll(inherited);
        builder.environment().putAll(spec.env());
        builder.redirectErrorStream(true);
        builder.redirectOutput(log.toFile());
        return builder;
    }

    private static String lastLine(Path log) throws IOException {
        return Files.readString(log).lines().reduce("", (_, line) -> line);
    }

    private Header welcome(LaunchSpec spec, Map<String, String> skip) {
        return Header.of(
                Map.of(
                        "version", 1,
                        "pool", spec.pool(),
                        "max_body", host.limits().maxBytes(),
                        "max_nesting", host.limits().maxNesting(),
                        "functions",
                                Map.of(
                                        "path",
                                                functions.path().stream()
                                                        .map(Path::toString)
                                                        .toList(),
                                        "allow",
                                                functions.allow().stream()
                                                        .filter(entry -> !entry.startsWith("java."))
                                                        .toList()),
                        "preload", spec.preload(),
                        "start_method", spec.startMethod(),
                        "socket", host.socket().path().toString(),
                        "skip", skip,
                        "import_timeout", IMPORT_TIMEOUT.toSeconds()));
    }

    /** Waits for the catalogue as long as the imports get on. */
    private static Forkserver.Ready awaitReady(Forkserver forkserver)
            throws StartFailed, ImportKilled {
        while (true) {
            var before = forkserver.importing();
            try {
                return forkserver.ready().get(STUCK_AFTER.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException late) {
                if (Objects.equals(before, forkserver.importing())) {
                    forkserver.close();
                    throw killed(before, "did not end within " + IMPORT_TIMEOUT.toSeconds() + " s");
                }
            } catch (ExecutionException lost) {
                throw killed(
                        forkserver.importing(),
                        "ended the interpreter: " + StartFailed.because(lost).getMessage());
            } catch (InterruptedException interrupted) {
                forkserver.close();
                Thread.currentThread().interrupt();
                throw new StartFailed("interrupted while modules were imported", interrupted);
            }
        }
    }

    private static ImportKilled killed(@Nullable String module, String how) throws StartFailed {
        if (module == null) {
            throw new StartFailed("the forkserver did not become ready; its start " + how);
        }
        return new ImportKilled(module, how);
    }

    private record PythonLauncher(
            Forkserver forkserver,
            Forkserver.Ready ready,
            LaunchSpec spec,
            WorkerHost host,
            Header welcome)
            implements Launcher {

        @Override
        public Catalogue catalogue() {
            return ready.catalogue();
        }

        @Override
        public String startMethod() {
            return ready.startMethod();
        }

        @Override
        public List<String> warnings() {
            return ready.warnings();
        }

        @Override
        public Worker start() throws StartFailed {
            try (var invitation = host.socket().invite(welcome)) {
                return forkserver.start(invitation, spec.startTimeout());
            }
        }

        @Override
        public boolean usable() {
            return !forkserver.lost().isDone();
        }

        @Override
        public void close() {
            forkserver.close();
        }
    }
}
