package io.procpool.runtime;

import io.procpool.wire.Header;
import java.util.ArrayList;
import java.util.List;

/** Starts the JVMs of one generation of a pool. Any thread may use it. */
final class JavaMachines {
    /**
     * A small heap's collector, no files in the temporary folder; what a crashed JVM reports is part of its task's output, without the
     * sections by which its begin, the signal and the stack, would not fit in there.
     */
    private static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "-XX:+ErrorFileToStderr",
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-LogEvents",
                    "-XX:ErrorLogPrintCodeLimit=0",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "-Djava.awt.headless=true",
                    "--enable-native-access=ALL-UNNAMED");

    /** When the service is gone. A JVM then ends what its tasks have started, and itself; by SIGKILL it could not. */
    private static final String LAST_SIGNAL = "TERM";

    private final WorkerHost host;
    private final LaunchSpec spec;
    private final JavaVirtualMachine machine;
    private final WorkerJar jar;
    private final OutputLog log;
    private final HostStarter starter;

    JavaMachines(
            WorkerHost host,
            LaunchSpec spec,
            JavaVirtualMachine machine,
            WorkerJar jar,
            OutputLog log) {
        this.host = host;
        this.spec = spec;
        this.machine = machine;
        this.jar = jar;
        this.log = log;
        this.starter = new HostStarter(host);
    }

    /** Starts one, which need not have told its catalogue yet. */
    HostProcess begin(Header welcome, Patience patience) throws StartFailed {
        var thread = spec.kind() == WorkerKind.THREAD;
        return starter.start(
                (thread ? "thread host" : "JVM") + " of pool " + spec.pool(),
                thread ? HostProcess.Workers.THREADS : HostProcess.Workers.ITSELF,
                process(),
                welcome,
                log,
                patience);
    }

    /** Starts one and waits until it has told its catalogue. */
    HostProcess start(Header welcome, Patience patience) throws StartFailed {
        var fresh = begin(welcome, patience);
        Imports.awaitReady(fresh, patience);
        return fresh;
    }

    private ProcessBuilder process() {
        var command = new ArrayList<String>();
        command.add(machine.executable());
        command.addAll(OPTIONS);
        command.addAll(jar.cacheOption());
        command.addAll(jar.main());
        var builder = new ProcessBuilder(host.spawner().leading(LAST_SIGNAL, command));
        HostStarter.environment(builder, spec);
        return builder;
    }
}
