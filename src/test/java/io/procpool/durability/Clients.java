package io.procpool.durability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Threads on which clients go on by themselves. One that breaks is no client any more: whoever waits for them is told. */
final class Clients {
    private static final Duration LONGEST_END =
            Duration.ofMinutes(2); // a ceiling: of their last requests

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();
    private int started;

    void start(Runnable client) {
        threads.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("client-" + started++)
                        .uncaughtExceptionHandler((_, failure) -> broken.add(failure))
                        .start(client));
    }

    /** How many there have ever been. */
    int started() {
        return started;
    }

    /** @throws AssertionError if one of them has broken */
    void requireWhole() {
        if (!broken.isEmpty()) {
            throw new AssertionError("a client broke", broken.peek());
        }
    }

    /**
     * Returns when they have ended, which they have been told to.
     *
     * @throws AssertionError if one of them has broken, or does not end
     */
    void join() throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_END.toNanos();
        for (var thread : threads) {
            var left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            if (!thread.join(left)) {
                throw new AssertionError(thread.getName() + " does not end");
            }
        }
        threads.clear();
        requireWhole();
    }
}
