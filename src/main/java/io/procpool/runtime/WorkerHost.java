package io.procpool.runtime;

import io.procpool.payload.Limits;
import io.procpool.wire.FrameLimits;
import java.io.IOException;
import java.nio.file.Path;

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
