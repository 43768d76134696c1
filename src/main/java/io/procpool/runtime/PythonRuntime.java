package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.wire.Header;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Python workers: a forkserver for each generation of a pool, or a process whose threads they are. */
final class PythonRuntime implements Runtime {
    private final WorkerHost host;
    private final HostStarter starter;
    private final FunctionSettings functions;
    private final Search<PythonInterpreter> interpreter;

    PythonRuntime(WorkerHost host, String command, FunctionSettings functions) {
        this.host = host;
        this.starter = new HostStarter(host);
        this.functions = functions;
        var wanted = command.isBlank() ? "python3" : command;
        this.interpreter =
                new Search<>(
                        () -> PythonInterpreter.find(wanted, host.spawner(), host.home().path()));
    }

    @Override
    public String name() {
        return "python";
    }

    @Override
    public String description() {
        try {
            return "python " + interpreter.lately().version().replaceFirst("\\.\\d+$", "");
        } catch (StartFailed failure) {
            return "python (not found)";
        }
    }

    @Override
    public boolean available() {
        try {
            return !interpreter.lately().version().isEmpty();
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

    @Override
    public Launcher open(LaunchSpec spec, Patience patience) throws StartFailed {
        var opened =
                Imports.open(
                        spec.pool(),
                        (welcome, left) -> connect(spec, welcome, left),
                        skip -> welcome(spec, skip),
                        patience.ended());
        return new HostLauncher(opened.host(), host, opened.welcome());
    }

    private HostProcess connect(LaunchSpec spec, Header welcome, Patience patience)
            throws StartFailed {
        var threads = spec.kind() == WorkerKind.THREAD;
        try {
            var log = new OutputLog(host.home().folder("output"), "forkserver-" + spec.pool());
            var entry = host.pythonSources().resolve(PythonSources.ENTRY);
            var builder = new ProcessBuilder(interpreter.now().executable(), entry.toString());
            HostStarter.environment(builder, spec);
            return starter.start(
                    (threads ? "thread host" : "forkserver") + " of pool " + spec.pool(),
                    threads ? HostProcess.Workers.THREADS : HostProcess.Workers.FORKED,
                    builder,
                    welcome,
                    log,
                    patience);
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
        welcome.put("import_timeout", Imports.TIMEOUT.toSeconds());
        return Header.of(welcome);
    }
}
