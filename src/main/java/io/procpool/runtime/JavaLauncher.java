package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Header;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Java workers, a JVM each. One more JVM is kept warm: it has loaded everything but has no worker yet, so that a
 * replacement need not wait for a JVM's start.
 *
 * <p>Threads: any. {@code spare} is taken and put without a lock; {@code machines} has every JVM that may still live, {@code starting}
 * a latch for each that is not there yet.
 */
final class JavaLauncher implements Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(JavaLauncher.class);

    private final JavaMachines starter;
    private final LaunchSpec spec;
    private final WorkerHost host;
    private final Header welcome;
    private final Ready ready;
    private final Set<HostProcess> machines = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable HostProcess> spare = new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> warming = new AtomicReference<>();
    private final Set<CountDownLatch> starting = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> ended;
    private volatile Duration spareWithin;

    /** @param opened a first JVM, which has told what can be called and is the spare one */
    JavaLauncher(
            JavaMachines starter,
            LaunchSpec spec,
            WorkerHost host,
            Imports.Opened opened,
            Patience patience) {
        this.starter = starter;
        this.spec = spec;
        this.host = host;
        this.welcome = opened.welcome();
        this.ready = opened.host().ready().join();
        this.ended = patience.ended().copy();
        this.spareWithin = patience.left();
        keep(opened.host());
        spare.set(opened.host());
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
        spareWithin =
                within; // as long as the last one was given: it may have been too little before
        var patience = new Patience(within, ended);
        var waiting = takeSpare();
        if (waiting != null) {
            try {
                var worker = hire(waiting, patience);
                worker.wasSpare();
                return worker;
            } catch (StartFailed failure) {
                if (patience.left().isZero()) {
                    throw failure;
                }
                LOG.debug("Pool {}: the spare JVM was of no use", spec.pool(), failure);
            }
        }
        return hire(fresh(patience), patience);
    }

    private Worker hire(HostProcess machine, Patience patience) throws StartFailed {
        try (var invitation = host.socket().invite(welcome)) {
            var worker = machine.start(invitation, patience.left());
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

    private HostProcess fresh(Patience patience) throws StartFailed {
        var done = new CountDownLatch(1);
        starting.add(done);
        try {
            requireOpen();
            var machine = starter.start(welcome, patience);
            keep(machine);
            if (ended.isDone()) {
                machine.close();
            }
            requireOpen();
            return machine;
        } finally {
            starting.remove(done);
            done.countDown();
        }
    }

    private void requireOpen() throws StartFailed {
        if (ended.isDone()) {
            throw new StartFailed("the pool was terminated");
        }
    }

    /** Starts the next spare one in the background, unless that is under way. */
    private void warm() {
        var thread = Thread.ofVirtual().name("spare-" + spec.pool()).unstarted(this::makeSpare);
        if (!ended.isDone() && spare.get() == null && warming.compareAndSet(null, thread)) {
            thread.start();
        }
    }

    private void makeSpare() {
        try {
            spare.set(fresh(new Patience(spareWithin, ended)));
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
        return !ended.isDone();
    }

    @Override
    public void close() {
        ended.complete(null);
        try {
            for (var one : starting) {
                one.await(); // it is broken off
            }
            // At once, not one after another: each may take its time.
            var ends =
                    machines.stream()
                            .map(machine -> Thread.ofVirtual().start(machine::close))
                            .toList();
            for (var end : ends) {
                end.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
