package io.procpool.runtime;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long the start of a worker may take, and what breaks it off: nobody waits for the start of what is not wanted any more. Counts
 * from when it is made. Any thread may use it.
 */
public final class Patience {
    private final Duration within;
    private final CompletableFuture<Void> ended;
    private final long deadlineNanos;

    /** @param ended completes when no worker is wanted any more, whatever time is left */
    public Patience(Duration within, CompletableFuture<Void> ended) {
        this.within = within;
        this.ended = ended;
        this.deadlineNanos = System.nanoTime() + within.toNanos();
    }

    /** As long as this one, but no longer than {@code most} from now on. */
    Patience atMost(Duration most) {
        return new Patience(left().compareTo(most) < 0 ? left() : most, ended);
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }

    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Returns when {@code what} has completed, however. */
    void await(CompletableFuture<?> what) throws StartFailed, TimeoutException {
        try {
            var _ =
                    CompletableFuture.anyOf(what, ended)
                            .get(left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            return; // the caller looks how it did
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted while a worker was started", interrupted);
        }
        if (!what.isDone()) {
            throw new StartFailed("the pool was terminated");
        }
    }

    /** For sentences: {@code within 30.0 s}. */
    @Override
    public String toString() {
        return "within " + within.toMillis() / 1000.0 + " s";
    }
}
