package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.wire.Header;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the processes that are to call back: each gets one line of configuration on its stdin, and a clean environment. */
final class HostStarter {
    private static final Logger LOG = LoggerFactory.getLogger(HostStarter.class);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(20);

    /** SIGKILL takes no longer, unless the process is in uninterruptible sleep. */
    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    /** What a worker gets of the service's environment. Everything else, secrets among it, stays here. */
    private static final Set<String> INHERITED =
            Set.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR");

    private final WorkerHost host;

    HostStarter(WorkerHost host) {
        this.host = host;
    }

    /** Gives the process the few inherited variables only. */
    static void environment(ProcessBuilder builder) {
        var inherited = new HashMap<>(System.getenv());
        inherited.keySet().retainAll(INHERITED);
        builder.environment().clear();
        builder.environment().putAll(inherited);
    }

    /** Gives the process the few inherited variables and the pool's own. */
    static void environment(ProcessBuilder builder, LaunchSpec spec) {
        environment(builder);
        builder.environment().putAll(spec.env());
    }

    /**
     * Starts a host process and waits until it has connected its control channel.
     *
     * @param name for people
     * @param log where its output goes; its last line is the reason if it ends too soon
     * @throws StartFailed if it has not connected in time, or {@code patience} was ended; it does not run then
     */
    HostProcess start(
            String name,
            HostProcess.Workers kind,
            ProcessBuilder builder,
            Header welcome,
            OutputLog log,
            Patience patience)
            throws StartFailed {
        try (var invitation = host.socket().invite(welcome)) {
            var leftovers = new Leftovers();
            builder.environment().put(Leftovers.VARIABLE, leftovers.word());
            var process = host.spawner().start(builder.redirectErrorStream(true));
            var printed = new Printed(process, log);
            try {
                configure(process, invitation.token());
                var control =
                        control(
                                invitation,
                                process,
                                name,
                                printed,
                                patience.atMost(CONNECT_WITHIN));
                var started = new HostProcess(name, kind, process, control, host.outputTail());
                // Before the ends of its workers are told: a task that runs again must not meet
                // them.
                var _ = started.lost().thenRun(leftovers::kill);
                return started;
            } catch (IOException | StartFailed | RuntimeException failure) {
                end(process);
                var _ = invitation.arrival("control").thenAccept(Connection::close);
                throw failure;
            }
        } catch (IOException failure) {
            throw new StartFailed("the " + name + " can't be started: " + failure, failure);
        }
    }

    /** SIGKILL to it and to what it has started. Returns when it is gone, or after some seconds. */
    private static void end(Process process) {
        if (process.isAlive()) {
            Posix.signalGroup(process.pid(), WorkerProcess.SIGKILL); // if it leads one yet
        }
        var _ =
                process.destroyForcibly()
                        .onExit()
                        .completeOnTimeout(process, END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
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
            WorkerSocket.Invitation invitation,
            Process process,
            String name,
            Printed printed,
            Patience patience)
            throws StartFailed {
        var exit = process.onExit().thenApply(Exit::of);
        try {
            return arrival(invitation, "control", name, exit, patience);
        } catch (StartFailed failure) {
            var words = printed.lastWords().lines().reduce("", (_, line) -> line);
            throw words.isBlank()
                    ? failure
                    : new StartFailed(failure.getMessage() + ": " + words, failure);
        }
    }

    /**
     * Waits until a process has connected a channel.
     *
     * @param name for people
     * @throws StartFailed if it was refused, has ended, or has not connected in time, or {@code patience} was ended
     */
    static Connection arrival(
            WorkerSocket.Invitation invitation,
            String channel,
            String name,
            CompletableFuture<Exit> exit,
            Patience patience)
            throws StartFailed {
        var arrival = invitation.arrival(channel);
        try {
            patience.await(CompletableFuture.anyOf(arrival, exit));
        } catch (TimeoutException late) {
            throw new StartFailed(
                    "the "
                            + name
                            + " did not connect "
                            + channel
                            + " with its token "
                            + patience
                            + invitation.refusal(),
                    late);
        }
        if (!arrival.isDone()) {
            throw new StartFailed("the " + name + " " + exit.join() + invitation.refusal());
        }
        return arrival.join();
    }
}
