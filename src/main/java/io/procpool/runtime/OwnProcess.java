package io.procpool.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A worker's process that the service has started itself. Its end is told when what it has left behind is gone too. */
final class OwnProcess implements WorkerProcess {
    /** SIGKILL takes no longer, unless the process is in uninterruptible sleep. */
    private static final Duration END_WITHIN = Duration.ofSeconds(5);

    private final Process process;
    private final Printed printed;
    private final CompletableFuture<Exit> exit;

    private OwnProcess(Process process, Leftovers leftovers, OutputLog log) {
        this.process = process;
        this.printed = new Printed(process, log);
        this.exit =
                process.onExit()
                        .thenApplyAsync(
                                ended -> {
                                    Posix.signalGroup(ended.pid(), SIGKILL);
                                    leftovers.kill();
                                    return Exit.of(ended);
                                },
                                Thread::startVirtualThread);
    }

    static OwnProcess start(Spawner spawner, ProcessBuilder builder, OutputLog log)
            throws IOException {
        var leftovers = new Leftovers();
        builder.environment().put(Leftovers.VARIABLE, leftovers.word());
        builder.redirectErrorStream(true);
        return new OwnProcess(spawner.start(builder), leftovers, log);
    }

    Process process() {
        return process;
    }

    String lastWords() {
        return printed.lastWords();
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit;
    }

    @Override
    public void signal(int signal) {
        if (process.isAlive() && !Posix.signalGroup(process.pid(), signal)) {
            if (signal == SIGKILL) { // it leads no group: not yet, or not on this system
                process.destroyForcibly();
            } else {
                process.destroy();
            }
        }
    }

    /** SIGKILL to its group. Returns when it is gone, or after some seconds. */
    void end() {
        signal(SIGKILL);
        var _ =
                exit.copy()
                        .completeOnTimeout(
                                Exit.unknown("it does not end"),
                                END_WITHIN.toNanos(),
                                TimeUnit.NANOSECONDS)
                        .join();
    }

    @Override
    public void abandon() {
        process.destroyForcibly();
    }
}
