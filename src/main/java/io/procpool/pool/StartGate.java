package io.procpool.pool;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets a pool's workers start. After a failure they try one at a time, with pauses that double from 0.1 s to 30 s, so that what
 * can't start does not spin: at most ten tries in the first minute, two a minute later.
 *
 * <p>Threads: starters enter and report, anyone asks. {@code lock} guards all fields.
 */
final class StartGate {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Why the pool can't start workers, since when and until when it pauses. */
    record Trouble(String cause, int failures, Duration untilNextTry) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int failures;
    private String cause = "";
    private long nextTryNanos;
    private boolean trying;

    /** After the n-th failure in a row. */
    static Duration pause(int failures) {
        var doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 20));
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    /**
     * Waits for the right to start a worker. Who gets it reports {@link #succeeded} or {@link #failed}.
     *
     * @param wanted asked again whenever something {@link #changed()}
     * @return false if it is not wanted any more
     */
    boolean enter(BooleanSupplier wanted) {
        lock.lock();
        try {
            while (wanted.getAsBoolean()) {
                long left = nextTryNanos - System.nanoTime();
                if (failures == 0 || (!trying && left <= 0)) {
                    trying = failures > 0;
                    return true;
                }
                if (trying) {
                    changed.awaitUninterruptibly();
                } else {
                    changed.await(left, TimeUnit.NANOSECONDS);
                }
            }
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever waits at the gate looks again whether it is still wanted. */
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void succeeded() {
        lock.lock();
        try {
            failures = 0;
            trying = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void failed(String why) {
        lock.lock();
        try {
            failures++;
            cause = why;
            trying = false;
            nextTryNanos = System.nanoTime() + pause(failures).toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The right to start is given back unused. */
    void withdrawn() {
        lock.lock();
        try {
            trying = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Empty: all is well. */
    Optional<Trouble> trouble() {
        lock.lock();
        try {
            return failures == 0
                    ? Optional.empty()
                    : Optional.of(
                            new Trouble(
                                    cause,
                                    failures,
                                    Duration.ofNanos(
                                            Math.max(0, nextTryNanos - System.nanoTime()))));
        } finally {
            lock.unlock();
        }
    }
}
