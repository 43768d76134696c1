package io.procpool.runtime;

import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that a forkserver has forked. Its end comes as a report, or with the end of the forkserver, which holds its un-reaped
 * pid and therefore also signals it: the pid can't become another process's in between.
 */
final class ForkedWorker implements HostProcess.Hosted {
    private static final Logger LOG = LoggerFactory.getLogger(ForkedWorker.class);

    private final HostProcess forkserver;
    private final long pid;

    /** Taken while the forkserver holds the pid: it knows another process of that number from this one. */
    private final Optional<ProcessHandle> handle;

    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    ForkedWorker(HostProcess forkserver, long pid) {
        this.forkserver = forkserver;
        this.pid = pid;
        this.handle = ProcessHandle.of(pid);
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit;
    }

    @Override
    public void signal(int signal) {
        forkserver.trySend(
                Frame.of(
                        Kind.SIGNAL,
                        0,
                        Header.of(Map.of("pid", pid, "signal", signal, "group", true))));
    }

    @Override
    public void abandon() {
        handle.ifPresent(ProcessHandle::destroyForcibly);
        if (ProcessMemory.isThere(pid)) {
            return; // it does not die: in uninterruptible sleep, most likely. No fault of the
            // forkserver's
        }
        LOG.error(
                "The {} does not report the end of worker {}: it is ended", forkserver.name(), pid);
        forkserver.process().destroyForcibly();
    }

    @Override
    public void ended(Exit reported) {
        exit.complete(reported);
    }

    @Override
    public void lostWith(Exit host, String how) {
        if (!forkserver.closing()) {
            // The parent-death signal has reached the worker, but not its children.
            Posix.signalGroup(pid, SIGKILL);
        }
        exit.complete(Exit.unknown(how));
    }
}
