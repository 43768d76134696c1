package io.procpool.service;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for conditions. The ceiling is there to end a broken test, not to measure anything. */
public final class Waiting {
    private static final Duration CEILING = Duration.ofSeconds(60);

    private Waiting() {}

    public static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + CEILING.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "still not so after " + CEILING.toSeconds() + " s: " + what);
            }
            Thread.sleep(Duration.ofMillis(5));
        }
    }
}
