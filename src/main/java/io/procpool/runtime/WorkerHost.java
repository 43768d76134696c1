package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.payload.Limits;
import io.procpool.wire.FrameLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all workers of a service share: its folder, the socket they call back on, the thread that starts processes. */
final class WorkerHost implements AutoCloseable {
    private final Home home;
    private final Spawner spawner;
    private final WorkerSocket socket;
    private final Path pythonSources;
    private final Limits limits;
    private final int outputTail;

    /** @param outputTail how many bytes of a task's output are kept */
    WorkerHost(Home home, Spawner spawner, Limits limits, int outputTail) throws IOException {
        this.home = home;
        this.spawner = spawner;
        this.limits = limits;
        this.outputTail = outputTail;
        this.pythonSources = PythonSources.unpack(home);
        this.socket = new WorkerSocket(home.newSocketPath(), FrameLimits.ofBody(limits.maxBytes()));
    }

    /**
     * What every worker of a pool is told.
     *
     * @param allowed the patterns that are for its runtime
     */
    Map<String, Object> welcome(LaunchSpec spec, FunctionSettings functions, List<String> allowed) {
        var welcome = new LinkedHashMap<String, Object>();
        welcome.put("version", WorkerSocket.VERSION);
        welcome.put("pool", spec.pool());
        welcome.put("kind", spec.kind().label());
        welcome.put("max_body", limits.maxBytes());
        welcome.put("max_nesting", limits.maxNesting());
        welcome.put("socket", socket.path().toString());
        welcome.put(
                "functions",
                Map.of(
                        "path",
                        functions.path().stream().map(Path::toString).toList(),
                        "allow",
                        allowed));
        return welcome;
    }

    Home home() {
        return home;
    }

    Spawner spawner() {
        return spawner;
    }

    WorkerSocket socket() {
        return socket;
    }

    Path pythonSources() {
        return pythonSources;
    }

    Limits limits() {
        return limits;
    }

    int outputTail() {
        return outputTail;
    }

    @Override
    public void close() {
        socket.close();
        spawner.close();
    }
}
