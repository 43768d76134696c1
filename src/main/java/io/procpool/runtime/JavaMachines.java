package io.procpool.runtime;

import io.procpool.wire.Header;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the JVMs of one generation of a pool. Any thread may use it. */
final class JavaMachines {
    /** A small heap's collector, no files in the temporary folder; what a crashed JVM reports is part of its task's output. */
    private static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "-XX:+ErrorFileToStderr",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "-Djava.awt.headless=true",
                    "--enable-native-access=ALL-UNNAMED");

    private final WorkerHost host;
    private final LaunchSpec spec;
    private final JavaVirtualMachine machine;
    private final WorkerJar jar;
    private final Header welcome;
    private final Path log;
    private final HostStarter starter;

    JavaMachines(
            WorkerHost host,
            LaunchSpec spec,
            JavaVirtualMachine machine,
            WorkerJar jar,
            Header welcome,
            Path log) {
        this.host = host;
        this.spec = spec;
        this.machine = machine;
        this.jar = jar;
        this.welcome = welcome;
        this.log = log;
        this.starter = new HostStarter(host);
    }

    /** Starts one and waits until it has told its catalogue. */
    HostProcess start(Duration within) throws StartFailed {
        var thread = spec.kind() == WorkerKind.THREAD;
        var fresh =
                starter.start(
                        (thread ? "thread host" : "JVM") + " of pool " + spec.pool(),
                        thread ? HostProcess.Workers.THREADS : HostProcess.Workers.ITSELF,
                        process(),
                        welcome,
                        log);
        try {
            var _ = fresh.ready().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return fresh;
        } catch (TimeoutException late) {
            fresh.close();
            throw new StartFailed(
                    "a JVM was not ready within " + within.toMillis() / 1000.0 + " s",
                    late);
        } catch (ExecutionException lost) {
            throw StartFailed.because(lost);
        } catch (InterruptedException interrupted) {
            fresh.close();
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted while a JVM was started", interrupted);
        }
    }

    private ProcessBuilder process() {
        var command = new ArrayList<String>();
        command.add(machine.executable());
        command.addAll(OPTIONS);
        command.addAll(jar.cacheOption());
        command.addAll(jar.main());
        var builder = new ProcessBuilder(host.spawner().leading(command));
        HostStarter.environment(builder, spec);
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }
}
