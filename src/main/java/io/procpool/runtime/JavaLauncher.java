package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Header;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Java workers, a JVM each. One more JVM is kept warm: it has loaded everything but has no worker yet, so that a
 * replacement need not wait for a JVM's start.
 *
 * <p>Threads: any. {@code spare} is taken and put without a lock; {@code machines} has every JVM that may still live.
 */
final class JavaLauncher implements Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(JavaLauncher.class);

    private final JavaMachines starter;
    private final LaunchSpec spec;
    private final WorkerHost host;
    private final Header welcome;
    private final Ready ready;
    private final Set<HostProcess> machines = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable HostProcess> spare =
            new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> warming =
            new AtomicReference<>();
    private volatile boolean closed;

    private JavaLauncher(
            JavaMachines starter,
            LaunchSpec spec,
            WorkerHost host,
            Header welcome,
            HostProcess first) {
        this.starter = starter;
        this.spec = spec;
        this.host = host;
        this.welcome = welcome;
        this.ready = first.ready().join();
        keep(first);
        spare.set(first);
    }

    /** Starts a first JVM, which tells what can be called and is the spare one. */
    static JavaLauncher open(
            JavaMachines starter, LaunchSpec spec, WorkerHost host, Header welcome)
            throws StartFailed {
        return new JavaLauncher(starter, spec, host, welcome, starter.start(spec.startTimeout()));
    }

    private void keep(HostProcess machine) {
        machines.add(machine);
        var _ = machine.lost().thenRun(() -> machines.remove(machine));
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
        var waiting = takeSpare();
        var machine = waiting == null ? fresh(within) : waiting;
        try (var invitation = host.socket().invite(welcome)) {
            var worker = machine.start(invitation, within);
            if (waiting != null) {
                worker.wasSpare();
            }
            warm();
            return worker;
        } catch (StartFailed failure) {
            machine.close();
            throw failure;
        }
    }

    private @Nullable HostProcess takeSpare() {
        var machine = spare.getAndSet(null);
        return machine == null || machine.lost().isDone() ? null : machine;
    }

    private HostProcess fresh(Duration within) throws StartFailed {
        var machine = starter.start(within);
        keep(machine);
        if (closed) {
            machine.close();
            throw new StartFailed("the pool was terminated");
        }
        return machine;
    }

    /** Starts the next spare one in the background, unless that is under way. */
    private void warm() {
        var thread = Thread.ofVirtual().name("spare-" + spec.pool()).unstarted(this::makeSpare);
        if (!closed && spare.get() == null && warming.compareAndSet(null, thread)) {
            thread.start();
        }
    }

    private void makeSpare() {
        try {
            spare.set(fresh(spec.startTimeout()));
        } catch (StartFailed failure) {
            LOG.debug("Pool {} has no spare JVM", spec.pool(), failure); // the next start says why
            return;
        } finally {
            warming.set(null);
        }
        warm(); // it may have been taken before it was said that it is there
    }

    @Override
    public boolean usable() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        // At once, not one after another: each may take its time.
        var ends = machines.stream().map(machine -> Thread.ofVirtual().start(machine::close)).toList();
        for (var end : ends) {
            try {
                end.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
