package io.procpool.job;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes those who wait for news of a job that is not in memory: each hears of its own job only, or thousands who wait would look at the store whenever any job moves.
 *
 * <p>Threads: any. {@code lock} guards all of it.
 */
final class Bells {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, Bell> bells = new HashMap<>();

    private final class Bell {
        private final Condition rung = lock.newCondition();
        private int seats;
        private long rings;
    }

    /** Who waits for news of one job; it hears what rings from when it sits down on. For one thread. */
    final class Seat implements AutoCloseable {
        private final UUID id;
        private final Bell bell;
        private long heard;

        private Seat(UUID id, Bell bell) {
            this.id = id;
            this.bell = bell;
            this.heard = bell.rings;
        }

        /** Waits until it rings, at most so long; not at all if it has since this returned last. */
        void await(long nanos) throws InterruptedException {
            long left = nanos;
            lock.lock();
            try {
                while (bell.rings == heard && left > 0) {
                    left = bell.rung.awaitNanos(left);
                }
                heard = bell.rings;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                bell.seats--;
                if (bell.seats == 0) {
                    bells.remove(id);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    Seat sit(UUID id) {
        lock.lock();
        try {
            var bell = bells.computeIfAbsent(id, _ -> new Bell());
            bell.seats++;
            return new Seat(id, bell);
        } finally {
            lock.unlock();
        }
    }

    void ring(UUID id) {
        lock.lock();
        try {
            var bell = bells.get(id);
            if (bell != null) {
                ring(bell);
            }
        } finally {
            lock.unlock();
        }
    }

    void ringAll() {
        lock.lock();
        try {
            bells.values().forEach(Bells::ring);
        } finally {
            lock.unlock();
        }
    }

    private static void ring(Bell bell) {
        bell.rings++;
        bell.rung.signalAll();
    }
}
