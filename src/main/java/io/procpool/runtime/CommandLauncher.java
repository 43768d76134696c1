package io.procpool.runtime;

import io.procpool.function.Catalogue;
import io.procpool.wire.Header;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Starts workers that are a program of the user's. The first one is started when this is opened, to learn what it is and what can be
 * called; then it waits to be the first that is asked for.
 *
 * <p>Threads: any. {@code running} has every process that may still live.
 */
final class CommandLauncher implements Launcher {
    private final WorkerHost host;
    private final HostStarter starter;
    private final LaunchSpec spec;
    private final String name;
    private final Header welcome;
    private final OutputLog log;
    private final Set<OwnProcess> running = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Worker> first = new AtomicReference<>();
    private CommandHello hello = new CommandHello(Header.EMPTY);
    private final CompletableFuture<Void> ended;

    private CommandLauncher(
            WorkerHost host,
            LaunchSpec spec,
            Header welcome,
            OutputLog log,
            CompletableFuture<Void> ended) {
        this.host = host;
        this.starter = new HostStarter(host);
        this.spec = spec;
        this.name = "command " + spec.command().getFirst();
        this.welcome = welcome;
        this.log = log;
        this.ended = ended;
    }

    static CommandLauncher open(
            WorkerHost host, LaunchSpec spec, Header welcome, OutputLog log, Patience patience)
            throws StartFailed {
        var launcher = new CommandLauncher(host, spec, welcome, log, patience.ended().copy());
        try (var invitation = host.socket().invite(welcome)) {
            launcher.first.set(launcher.launch(invitation, patience));
            launcher.hello = new CommandHello(invitation.hello());
        }
        return launcher;
    }

    @Override
    public Catalogue catalogue() {
        return hello.catalogue();
    }

    @Override
    public String startMethod() {
        return "spawn";
    }

    @Override
    public List<String> warnings() {
        return hello.warnings();
    }

    @Override
    public Optional<String> description() {
        return hello.description();
    }

    @Override
    public Worker start(Duration within) throws StartFailed {
        var waiting = first.getAndSet(null);
        if (waiting != null && !waiting.hasEnded()) {
            return waiting;
        }
        if (waiting != null) {
            waiting.destroy(); // what is left of it: its connections
        }
        try (var invitation = host.socket().invite(welcome)) {
            return launch(invitation, new Patience(within, ended));
        }
    }

    private Worker launch(WorkerSocket.Invitation invitation, Patience patience)
            throws StartFailed {
        var builder = new ProcessBuilder(host.spawner().leading("KILL", spec.command()));
        HostStarter.environment(builder, spec);
        requireProgram(builder);
        OwnProcess process = null;
        try {
            process = OwnProcess.start(host.spawner(), builder, log);
            keep(process);
            return greet(process, invitation, patience);
        } catch (IOException failure) {
            end(process, invitation);
            throw new StartFailed(
                    "the " + name + " can't be started: " + failure.getMessage(), failure);
        } catch (StartFailed | RuntimeException failure) {
            end(process, invitation);
            throw failure;
        }
    }

    private void requireProgram(ProcessBuilder builder) throws StartFailed {
        var path = builder.environment().get("PATH");
        if (!Spawner.isProgram(spec.command().getFirst(), path)) {
            throw new StartFailed(
                    "the "
                            + name
                            + " can't be started: there is no such program"
                            + (name.contains("/") ? "" : " on the PATH of its workers"));
        }
    }

    private void keep(OwnProcess process) {
        running.add(process);
        var _ = process.exit().thenRun(() -> running.remove(process));
    }

    private Worker greet(OwnProcess process, WorkerSocket.Invitation invitation, Patience patience)
            throws StartFailed, IOException {
        starter.tryConfigure(process.process(), invitation.token());
        var calls = arrival(invitation, "call", process, patience);
        Connection output = null;
        if (new CommandHello(invitation.hello()).hasOutput()) {
            output = arrival(invitation, "output", process, patience);
        } else {
            // Nobody would read it, and who prints much would wait for ever.
            var _ = invitation.arrival("output").thenAccept(Connection::close);
        }
        if (ended.isDone()) {
            throw new StartFailed("the pool was terminated");
        }
        return new Worker(process, calls, output, host.outputTail());
    }

    private Connection arrival(
            WorkerSocket.Invitation invitation,
            String channel,
            OwnProcess process,
            Patience patience)
            throws StartFailed {
        try {
            return HostStarter.arrival(invitation, channel, name, process.exit(), patience);
        } catch (StartFailed failure) {
            var words = process.lastWords().strip();
            throw words.isEmpty()
                    ? failure
                    : new StartFailed(failure.getMessage() + "; it printed: " + words, failure);
        }
    }

    private static void end(@Nullable OwnProcess process, WorkerSocket.Invitation invitation) {
        if (process != null) {
            process.end();
        }
        for (var channel : List.of("call", "output")) {
            var _ = invitation.arrival(channel).thenAccept(Connection::close);
        }
    }

    @Override
    public boolean usable() {
        return !ended.isDone();
    }

    @Override
    public void close() {
        ended.complete(null);
        running.forEach(
                process -> process.signal(WorkerProcess.SIGKILL)); // at once, not one by one
        running.forEach(OwnProcess::end);
        var unused = first.getAndSet(null);
        if (unused != null) {
            unused.destroy();
        }
    }
}
