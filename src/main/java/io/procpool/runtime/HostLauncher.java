package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Header;
import java.time.Duration;
import java.util.List;

/** Starts the workers of a pool in one host process: by forking it, or as its threads. */
final class HostLauncher implements Launcher {
    private final HostProcess process;
    private final WorkerHost host;
    private final Header welcome;
    private final Ready ready;

    /** @param process one that is ready */
    HostLauncher(HostProcess process, WorkerHost host, Header welcome) {
        this.process = process;
        this.host = host;
        this.welcome = welcome;
        this.ready = process.ready().join();
    }

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
    public Worker start(Duration within) throws StartFailed {
        try (var invitation = host.socket().invite(welcome)) {
            return process.start(invitation, within);
        }
    }

    @Override
    public boolean usable() {
        return !process.lost().isDone() && !process.signalled();
    }

    @Override
    public void close() {
        process.close();
    }
}
