package io.procpool.worker;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Child processes of this JVM: which there are, and how those that nobody wants are ended. Only direct children are killed; their
 * own come to us when they die, since we are a subreaper, and are ended in the next round.
 *
 * <p>What {@link ProcessBuilder} has started is reaped by the JVM too: whoever comes first, it is gone.
 */
final class Children {
    private static final long PAUSE_NANOS = 500_000;

    private Children() {}

    /** Zombies included. */
    static Set<Long> pids() {
        if (!Native.hasChild()) {
            return Set.of();
        }
        return ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    /**
     * Kills every child but the spared, and what they leave, until nothing is left.
     *
     * @return those that could not be ended within that time: in an uninterruptible sleep, or not ours to kill
     */
    static Set<Long> endAll(Set<Long> spared, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        var immune = new HashSet<Long>();
        while (true) {
            var left = new HashSet<>(pids());
            left.removeAll(spared);
            left.removeAll(immune);
            if (left.isEmpty()) {
                return immune;
            }
            for (var pid : left) {
                if (!kill(pid)) {
                    immune.add(pid);
                }
            }
            left.removeAll(immune);
            while (!left.isEmpty()) {
                left.removeIf(Native::reap);
                if (System.nanoTime() - deadline > 0) {
                    immune.addAll(left);
                    return immune;
                }
                if (!left.isEmpty()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** False if we may not, as with a program that runs as another user. */
    private static boolean kill(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(true);
    }
}
