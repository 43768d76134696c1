package io.procpool.pool;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets a pool's workers start. As long as none has come up only four try at a time; after a failure one at a time, with pauses that
 * double from 0.1 s to 30 s. So what can't start does not spin, however many processes are wanted: at most ten tries in the first
 * minute, two a minute later.
 *
 * <p>Threads: starters enter and report, anyone asks. {@code lock} guards all fields.
 */
final class StartGate {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int MOST_UNPROVEN = 4;
    private static final Duration CALM = Duration.ofSeconds(10);

    /** Why the pool can't start workers, since when and until when it pauses. */
    record Trouble(String cause, int failures, Duration untilNextTry) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int failures;
    private String cause = "";
    private long nextTryNanos;
    private int starting;
    private boolean proven;
    private int stillborn;
    private long stillbornNanos;

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
                long left = failures == 0 && stillborn == 0 ? 0 : nextTryNanos - System.nanoTime();
                if (left <= 0 && starting < mostAtATime()) {
                    starting++;
                    return true;
                }
                if (left <= 0) {
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

    private int mostAtATime() {
        if (failures > 0 || stillborn > 1) {
            return 1;
        }
        return proven ? Integer.MAX_VALUE : MOST_UNPROVEN;
    }

    /** Workers are to be started in another way from now on: whether one comes up is not known, and worth a try at once. */
    void doubt() {
        lock.lock();
        try {
            proven = false;
            nextTryNanos = System.nanoTime();
            changed.signalAll();
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
            proven = true;
            hasLeft();
        } finally {
            lock.unlock();
        }
    }

    void failed(String why) {
        lock.lock();
        try {
            failures++;
            cause = why;
            nextTryNanos = System.nanoTime() + pause(failures).toNanos();
            hasLeft();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A worker that had come up was gone soon, and before it had done anything: it counts like one that failed to start. Those that
     * were started before the last such death are of the same wave: who kills sixty-four idle workers at once is no crash loop.
     *
     * @param startedNanos when it was started
     */
    void stillborn(String why, long startedNanos) {
        lock.lock();
        try {
            long now = System.nanoTime();
            if (stillborn == 0 || startedNanos - stillbornNanos > 0) {
                stillborn++;
                stillbornNanos = now;
                cause = why;
                nextTryNanos = now + pause(stillborn).toNanos();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A worker has done something: those that die are none of {@link #stillborn}'s. */
    void lived() {
        lock.lock();
        try {
            if (stillborn > 0) {
                stillborn = 0;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The first one that dies early is an accident. */
    private boolean crashLoops() {
        return stillborn > 1
                && System.nanoTime() - stillbornNanos < pause(stillborn).plus(CALM).toNanos();
    }

    /** The right to start is given back unused. */
    void withdrawn() {
        lock.lock();
        try {
            hasLeft();
        } finally {
            lock.unlock();
        }
    }

    private void hasLeft() {
        starting = Math.max(0, starting - 1);
        changed.signalAll();
    }

    /** Empty: all is well. */
    Optional<Trouble> trouble() {
        lock.lock();
        try {
            return failures == 0 && !crashLoops()
                    ? Optional.empty()
                    : Optional.of(
                            new Trouble(
                                    cause,
                                    Math.max(failures, stillborn),
                                    Duration.ofNanos(
                                            Math.max(0, nextTryNanos - System.nanoTime()))));
        } finally {
            lock.unlock();
        }
    }
}
