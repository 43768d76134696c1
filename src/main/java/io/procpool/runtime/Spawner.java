package io.procpool.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that starts processes, alive as long as the service. A process that asked to die with its parent
 * (PR_SET_PDEATHSIG, prctl(2)) dies when the <em>thread</em> that started it ends, so neither a virtual nor a pooled thread will do.
 */
public final class Spawner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);

    private record Order(ProcessBuilder builder, CompletableFuture<Process> process) {}

    private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean ended;

    /** @param onDeath runs if the thread ends though nobody closed it: every process that it started is dying then */
    public Spawner(Runnable onDeath) {
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("spawner")
                        .unstarted(
                                () -> {
                                    try {
                                        serve();
                                    } finally {
                                        ended = true;
                                        orders.forEach(Spawner::refuse);
                                        if (!closed) {
                                            onDeath.run();
                                        }
                                    }
                                });
        thread.start();
    }

    /**
     * The command line that starts a program as the leader of a session of its own, and so of a process group, which dies with the
     * thread that has started it: by the tools of util-linux, as far as they are there. Our Python workers do both themselves.
     *
     * @param lastSignal what it gets then, for example {@code KILL}
     */
    public List<String> leading(String lastSignal, List<String> command) {
        var line = new ArrayList<String>();
        if (has("setpriv")) {
            line.addAll(List.of("setpriv", "--pdeathsig", lastSignal));
        }
        if (has("setsid")) {
            line.add("setsid");
        }
        line.addAll(command);
        return line;
    }

    /** Whether there is a program of this name. */
    static boolean has(String tool) {
        return isProgram(tool, System.getenv("PATH"));
    }

    /**
     * Whether there is such a program.
     *
     * @param name a path, if there is a slash in it
     * @param path folders to look for it in, with colons between; null: those of execvp(3)
     */
    static boolean isProgram(String name, @Nullable String path) {
        return name.contains("/")
                ? isExecutable(Path.of(name))
                : Arrays.stream((path == null ? "/bin:/usr/bin" : path).split(":", -1))
                        .anyMatch(folder -> isExecutable(Path.of(folder, name)));
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    private void serve() {
        while (!closed) {
            try {
                var order = orders.take();
                try {
                    if (closed) { // the wake-up for the order came before the interrupt
                        throw new IOException("the spawner has ended");
                    }
                    order.process.complete(order.builder.start());
                } catch (IOException | RuntimeException failure) {
                    order.process.completeExceptionally(failure);
                } catch (Error fatal) {
                    order.process.completeExceptionally(fatal);
                    throw fatal;
                }
            } catch (InterruptedException asked) {
                LOG.debug("The spawner was interrupted: it ends if it was closed", asked);
            }
        }
    }

    private static void refuse(Order order) {
        order.process.completeExceptionally(new IOException("the spawner has ended"));
    }

    /** @throws IOException as {@link ProcessBuilder#start}, or if no process can be started any more */
    public Process start(ProcessBuilder builder) throws IOException {
        var order = new Order(builder, new CompletableFuture<>());
        orders.add(order);
        if (ended) {
            refuse(order);
        }
        try {
            return order.process.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof IOException io
                    ? io
                    : new IOException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            var _ = order.process.thenAccept(Process::destroyForcibly);
            throw new IOException("interrupted while a process was started", interrupted);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
