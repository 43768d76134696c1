package io.procpool.runtime;

import io.procpool.wire.Header;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for host processes while they import the functions of their workers. A module (or class) whose import ends or blocks the
 * process is left out at the next try, and listed with its cause: it costs its own functions, not the pool.
 */
final class Imports {
    private static final Logger LOG = LoggerFactory.getLogger(Imports.class);

    /** What the import of one module may take. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration STUCK_AFTER = TIMEOUT.plusSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final int MOST_SKIPPED = 32;

    /** Each import has a limit of its own, and there is a most of those that fail. */
    private static final Duration ALL_OF_THEM = Duration.ofDays(1);

    private Imports() {}

    /** Starts one host process, which has been told {@code welcome} and need not be ready. */
    interface Start {
        HostProcess with(Header welcome, Patience patience) throws StartFailed;
    }

    /**
     * A host process that is ready.
     *
     * @param welcome what it was told; its workers, and others of its kind, are told the same
     */
    record Opened(HostProcess host, Header welcome) {}

    /**
     * Starts host processes until one is ready; takes as long as the imports get on.
     *
     * @param welcome makes it of the modules that are to be skipped, with the reason
     * @param ended breaks it off
     * @throws StartFailed if it can't become ready, or {@code ended} completes; nothing is left running
     */
    static Opened open(
            String pool,
            Start start,
            Function<Map<String, String>, Header> welcome,
            CompletableFuture<Void> ended)
            throws StartFailed {
        var skip = new TreeMap<String, String>();
        while (skip.size() <= MOST_SKIPPED) {
            var patience = new Patience(ALL_OF_THEM, ended);
            var told = welcome.apply(skip);
            var host = start.with(told, patience);
            try {
                await(host, patience);
                return new Opened(host, told);
            } catch (ImportKilled killed) {
                LOG.warn("Pool {}: the import of {} {}", pool, killed.module, killed.getMessage());
                skip.put(killed.module, String.valueOf(killed.getMessage()));
            }
        }
        throw new StartFailed(
                "more than " + MOST_SKIPPED + " modules end the process that imports them");
    }

    /** Waits until one more host process of a kind that has been ready before is it too. */
    static void awaitReady(HostProcess host, Patience patience) throws StartFailed {
        try {
            await(host, patience);
        } catch (ImportKilled killed) {
            throw new StartFailed(
                    "the import of " + killed.module + " " + killed.getMessage(), killed);
        }
    }

    private static final class ImportKilled extends Exception {
        private static final long serialVersionUID = 1L;

        private final String module;

        ImportKilled(String module, String how) {
            super(how);
            this.module = module;
        }
    }

    private static void await(HostProcess host, Patience patience)
            throws StartFailed, ImportKilled {
        try {
            var importing = host.importing();
            long since = System.nanoTime();
            while (!host.ready().isDone()) {
                try {
                    patience.atMost(LOOK_AGAIN).await(host.ready());
                } catch (TimeoutException late) {
                    if (patience.left().isZero()) {
                        throw new StartFailed("the " + host.name() + " was not ready " + patience);
                    }
                    if (!Objects.equals(importing, host.importing())) {
                        importing = host.importing();
                        since = System.nanoTime();
                    } else if (System.nanoTime() - since > STUCK_AFTER.toNanos()) {
                        throw killed(
                                host,
                                importing,
                                "did not end within " + TIMEOUT.toSeconds() + " s");
                    }
                }
            }
            if (host.ready().isCompletedExceptionally()) {
                var how = host.ready().exceptionNow().getMessage();
                throw killed(host, host.importing(), "ended the interpreter: " + how);
            }
        } catch (StartFailed | ImportKilled failure) {
            host.close();
            throw failure;
        }
    }

    private static ImportKilled killed(HostProcess host, @Nullable String module, String how)
            throws StartFailed {
        if (module == null) {
            throw new StartFailed("the " + host.name() + " did not become ready; its start " + how);
        }
        return new ImportKilled(module, how);
    }
}
