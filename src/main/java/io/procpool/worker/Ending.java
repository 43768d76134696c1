package io.procpool.worker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The end of this JVM. What tasks and initializers have started ends with it. */
final class Ending {
    /** Out of memory: whatever else is in the heap may be half done. */
    static final int OUT_OF_MEMORY = 3;

    private static final Duration HOOKS = Duration.ofMillis(1500);
    private static final Duration CHILDREN = Duration.ofMillis(300);

    private Ending() {}

    /** For the ends that we do not begin: System.exit of a function, SIGTERM. */
    static void prepare() {
        Runtime.getRuntime().addShutdownHook(new Thread(Ending::killChildren, "end-of-children"));
    }

    /** Within 2 s, whatever threads and shutdown hooks do. Returns at once. */
    static void soon(int status) {
        try {
            var exit = new Thread(() -> System.exit(status), "exit");
            var last =
                    new Thread(
                            () -> {
                                sleep();
                                now(status);
                            },
                            "end");
            for (var thread : new Thread[] {last, exit}) {
                thread.setDaemon(true);
                thread.start();
            }
        } catch (OutOfMemoryError noThread) {
            now(status);
        }
    }

    private static void sleep() {
        long deadline = System.nanoTime() + HOOKS.toNanos();
        for (long left = HOOKS.toNanos(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
            var _ = Thread.interrupted(); // by a function that interrupts all threads there are
        }
    }

    /** At once, without shutdown hooks. */
    static void now(int status) {
        try {
            killChildren();
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void killChildren() {
        var _ = Children.endAll(Set.of(), CHILDREN);
    }
}
