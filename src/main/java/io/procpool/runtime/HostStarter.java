package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.wire.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the processes that are to call back: each gets one line of configuration on its stdin, and a clean environment. */
final class HostStarter {
    private static final Logger LOG = LoggerFactory.getLogger(HostStarter.class);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(20);

    /** What a worker gets of the service's environment. Everything else, secrets among it, stays here. */
    private static final Set<String> INHERITED =
            Set.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

    private final WorkerHost host;

    HostStarter(WorkerHost host) {
        this.host = host;
    }

    /** Gives the process the few inherited variables and the pool's own. */
    static void environment(ProcessBuilder builder, LaunchSpec spec) {
        var inherited = new HashMap<>(System.getenv());
        inherited.keySet().retainAll(INHERITED);
        builder.environment().clear();
        builder.environment().putAll(inherited);
        builder.environment().putAll(spec.env());
    }

    /**
     * Starts a host process and waits until it has connected its control channel.
     *
     * @param name for people
     * @param log where its output goes; its last line is the reason if it ends too soon
     */
    HostProcess start(
            String name, HostProcess.Workers kind, ProcessBuilder builder, Header welcome, Path log)
            throws StartFailed {
        try (var invitation = host.socket().invite(welcome)) {
            var leftovers = new Leftovers();
            builder.environment().put(Leftovers.VARIABLE, leftovers.word());
            var process = host.spawner().start(builder);
            try {
                configure(process, invitation.token());
                var control = control(invitation, process, name, log);
                var started = new HostProcess(name, kind, process, control, host.outputTail());
                // Before the ends of its workers are told: a task that runs again must not meet
                // them.
                var _ = started.lost().thenRun(leftovers::kill);
                return started;
            } catch (IOException | StartFailed | RuntimeException failure) {
                process.destroyForcibly();
                var _ = invitation.arrival("control").thenAccept(Connection::close);
                throw failure;
            }
        } catch (IOException failure) {
            throw new StartFailed("the " + name + " can't be started: " + failure, failure);
        }
    }

    /** One line on its stdin: what is secret is neither in its arguments nor in its environment. */
    private void configure(Process process, String token) throws IOException {
        var line = Header.of(Map.of("socket", host.socket().path().toString(), "token", token));
        try (var stdin = process.getOutputStream()) {
            stdin.write((line + "\n").getBytes(UTF_8));
        }
    }

    /** The same for a process that may have ended, or closed its stdin: then it does not connect, and that says more. */
    void tryConfigure(Process process, String token) {
        try {
            configure(process, token);
        } catch (IOException unread) {
            LOG.debug("Process {} does not read its stdin", process.pid(), unread);
        }
    }

    private static Connection control(
            WorkerSocket.Invitation invitation, Process process, String name, Path log)
            throws StartFailed, IOException {
        var exit = process.onExit().thenApply(Exit::of);
        try {
            return arrival(invitation, "control", name, exit, CONNECT_WITHIN);
        } catch (StartFailed failure) {
            var words = lastLine(log);
            throw words.isBlank()
                    ? failure
                    : new StartFailed(failure.getMessage() + ": " + words, failure);
        }
    }

    /**
     * Waits until a process has connected a channel.
     *
     * @param name for people
     * @throws StartFailed if it was refused, has ended, or has not connected {@code within} that time
     */
    static Connection arrival(
            WorkerSocket.Invitation invitation,
            String channel,
            String name,
            CompletableFuture<Exit> exit,
            Duration within)
            throws StartFailed {
        var arrival = invitation.arrival(channel);
        try {
            var _ =
                    CompletableFuture.anyOf(arrival, exit)
                            .get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException late) {
            throw new StartFailed(
                    "the "
                            + name
                            + " did not connect "
                            + channel
                            + " with its token within "
                            + within.toMillis() / 1000.0
                            + " s"
                            + invitation.refusal(),
                    late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted while the " + name + " was started", interrupted);
        }
        if (!arrival.isDone()) {
            throw new StartFailed("the " + name + " " + exit.join() + invitation.refusal());
        }
        return arrival.join();
    }

    private static String lastLine(Path log) throws IOException {
        return new String(Files.readAllBytes(log), UTF_8).lines().reduce("", (_, line) -> line);
    }
}
