package io.procpool.pool;

import io.procpool.function.FunctionsFolder;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the functions folder twice a second and tells when it is another than before, once it has come to rest. */
final class FolderWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    private static final Duration EVERY = Duration.ofMillis(500);

    private final FunctionsFolder folder;
    private final Runnable onChange;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("functions-watch").factory());
    private String told = "";
    private String seen = "";

    FolderWatch(FunctionsFolder folder, Runnable onChange) {
        this.folder = folder;
        this.onChange = onChange;
    }

    void start() {
        var _ =
                timer.scheduleWithFixedDelay(
                        this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            var now = folder.fingerprint();
            var atRest = now.equals(seen); // else an editor or a copy is still at it
            seen = now;
            if (atRest && !now.equals(told)) {
                onChange.run();
                told = now;
            }
        } catch (RuntimeException failure) {
            LOG.warn("The functions folder could not be read", failure); // and is looked at again
        }
    }

    void stop() {
        timer.shutdownNow();
    }
}
