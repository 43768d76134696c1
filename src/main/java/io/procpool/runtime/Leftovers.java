package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a lost host process has left behind: a daemon of a task in a session of its own has no parent that could find it any more. All
 * that comes from one host inherits a word of its environment that no other process has, and is found and killed by that. Who
 * runs another program with an environment that it has cleaned is not found.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    /** The variable that carries the word. */
    static final String VARIABLE = "PROCPOOL_GENERATION";

    private static final Duration PAUSE = Duration.ofMillis(5);

    /** For those that are forked while we look, and for the killed to go. One may be unkillable. */
    private static final Duration GONE_WITHIN = Duration.ofSeconds(2);

    private final String word = UUID.randomUUID().toString();

    String word() {
        return word;
    }

    /**
     * Kills them all. Returns when none is left, or after 2 s: what a process in uninterruptible sleep has in {@code /proc} may keep
     * its reader waiting as well, and whoever waits for us must not.
     */
    void kill() {
        try {
            var _ =
                    Thread.ofPlatform()
                            .daemon()
                            .name("leftovers")
                            .start(this::sweep)
                            .join(GONE_WITHIN);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweep() {
        long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
        while (killOnce() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private long killOnce() {
        // A handle knows its process from another that gets the same number later.
        var mine = ProcessHandle.allProcesses().filter(this::carriesWord).toList();
        mine.forEach(
                left -> {
                    LOG.debug("Process {} has survived its host: it is killed", left.pid());
                    left.destroyForcibly();
                });
        return mine.size();
    }

    /** Processes of other users can't be read, and are not ours. A zombie has no environment any more. */
    private boolean carriesWord(ProcessHandle process) {
        try {
            var environment =
                    Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "environ"), ISO_8859_1);
            return environment.contains(VARIABLE + "=" + word);
        } catch (IOException | RuntimeException notOurs) {
            return false;
        }
    }
}
