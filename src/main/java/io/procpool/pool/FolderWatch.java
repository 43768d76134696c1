package io.procpool.pool;

import io.procpool.function.FunctionsFolder;
import io.procpool.function.FunctionsFolder.Fingerprint;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the functions folder twice a second and tells what it is, unless it is just being changed. */
final class FolderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final Duration EVERY = Duration.ofMillis(500);

    private final FunctionsFolder folder;
    private final Consumer<Fingerprint> atRest;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("functions-watch").factory());
    private @Nullable Fingerprint seen;

    /**
     * @param atRest hears at each look what the folder is now: who compares it with what he has read himself misses no change, be it
     *     undone between two looks
     */
    FolderWatch(FunctionsFolder folder, Consumer<Fingerprint> atRest) {
        this.folder = folder;
        this.atRest = atRest;
    }

    void start() {
        var _ =
                timer.scheduleWithFixedDelay(
                        this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            var now = folder.fingerprint();
            var stable = now.equals(seen); // else an editor or a copy is still at it
            seen = now;
            if (stable) {
                atRest.accept(now);
            }
        } catch (RuntimeException failure) {
            LOG.warn("The functions folder could not be read", failure); // and is looked at again
        }
    }

    void stop() {
        timer.shutdownNow();
    }
}
