package io.procpool.worker;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after calls that take long: has one been cancelled? One thread a JVM. It ticks while there are calls and sleeps when there are none,
 * so that a short call pays for a look at one field and no more.
 */
final class Watch {
    private static final long TICK_NANOS = Duration.ofMillis(25).toNanos();
    private static final int TICKS_BEFORE_SLEEP = 80;

    private final Set<Orders> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread = new Thread(this::run, "watch");
    private volatile boolean asleep;

    Watch() {
        thread.setDaemon(true);
        thread.start();
    }

    void add(Orders orders) {
        watched.add(orders);
    }

    void remove(Orders orders) {
        watched.remove(orders);
    }

    /** A call has begun. */
    void stir() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        int idle = 0;
        while (true) {
            LockSupport.parkNanos(TICK_NANOS);
            var _ = Thread.interrupted();
            watched.forEach(Orders::look);
            idle = isBusy() ? 0 : idle + 1;
            if (idle > TICKS_BEFORE_SLEEP) {
                sleep();
                idle = 0;
            }
        }
    }

    private void sleep() {
        asleep = true;
        while (asleep
                && !isBusy()) { // who has begun before it could see that we sleep is seen here
            LockSupport.park(this);
            var _ = Thread.interrupted();
        }
        asleep = false;
    }

    private boolean isBusy() {
        return watched.stream().anyMatch(Orders::isBusy);
    }
}
