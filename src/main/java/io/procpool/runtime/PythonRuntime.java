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

/** Python workers: a forkserver for each generation of a pool, or a process whose threads they are. */
final class PythonRuntime implements Runtime {
    private static final Logger LOG = LoggerFactory.getLogger(PythonRuntime.class);
    private static final Duration IMPORT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STUCK_AFTER = IMPORT_TIMEOUT.plusSeconds(2);
    private static final int MOST_SKIPPED = 32;

    private final WorkerHost host;
    private final HostStarter starter;
    private final String command;
    private final FunctionSettings functions;
    private final ReentrantLock finding = new ReentrantLock();
    private @Nullable PythonInterpreter interpreter;

    PythonRuntime(WorkerHost host, String command, FunctionSettings functions) {
        this.host = host;
        this.starter = new HostStarter(host);
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

    @Override
    public boolean available() {
        try {
            return !interpreter().version().isEmpty();
        } catch (StartFailed missing) {
            return false;
        }
    }

    @Override
    public List<String> startMethods() {
        return List.of("forkserver", "spawn");
    }

    @Override
    public boolean isSource(String fileName) {
        return fileName.endsWith(".py");
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
                awaitReady(forkserver);
                return new HostLauncher(forkserver, host, welcome(spec, skip));
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

    private HostProcess connect(LaunchSpec spec, Map<String, String> skip) throws StartFailed {
        var threads = spec.kind() == WorkerKind.THREAD;
        try {
            var log = host.home().folder("output").resolve("forkserver-" + spec.pool() + ".log");
            var entry = host.pythonSources().resolve(PythonSources.ENTRY);
            var builder = new ProcessBuilder(interpreter().executable(), entry.toString());
            HostStarter.environment(builder, spec);
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
            return starter.start(
                    (threads ? "thread host" : "forkserver") + " of pool " + spec.pool(),
                    threads ? HostProcess.Workers.THREADS : HostProcess.Workers.FORKED,
                    builder,
                    welcome(spec, skip),
                    log);
        } catch (IOException failure) {
            throw new StartFailed("the forkserver can't be started: " + failure, failure);
        }
    }

    private Header welcome(LaunchSpec spec, Map<String, String> skip) {
        var allowed =
                functions.allow().stream()
                        .filter(entry -> !entry.startsWith(JavaRuntime.PLATFORM))
                        .toList();
        var welcome = host.welcome(spec, functions, allowed);
        welcome.put("preload", spec.preload());
        welcome.put("start_method", spec.startMethod());
        welcome.put("skip", skip);
        welcome.put("import_timeout", IMPORT_TIMEOUT.toSeconds());
        return Header.of(welcome);
    }

    /** Waits for the catalogue as long as the imports get on. */
    private static void awaitReady(HostProcess forkserver)
            throws StartFailed, ImportKilled {
        while (true) {
            var before = forkserver.importing();
            try {
                var _ = forkserver.ready().get(STUCK_AFTER.toMillis(), TimeUnit.MILLISECONDS);
                return;
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
}
