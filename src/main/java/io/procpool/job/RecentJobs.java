package io.procpool.job;

import io.procpool.job.JobState.Succeeded;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last finished sync jobs with small values: a thousand, or as many as 32 MiB hold. Nobody was promised that they are kept: it
 * is for looking at what went wrong a moment ago.
 *
 * <p>Threads: any. {@code lock} guards both collections.
 */
final class RecentJobs {
    private static final int MOST = 1_000;
    private static final int LONGEST_VALUE = 16 * 1024;
    private static final long MOST_BYTES = 32 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, JobRecord> records = new HashMap<>();
    private final Deque<UUID> order = new ArrayDeque<>();
    private long bytes;

    void add(JobRecord record) {
        if (record.state() instanceof Succeeded(_, _, var value, _)
                && value.size() > LONGEST_VALUE) {
            return;
        }
        lock.lock();
        try {
            records.put(record.id(), record);
            order.add(record.id());
            bytes += record.weight();
            while (order.size() > MOST || bytes > MOST_BYTES) {
                drop(order.remove());
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<JobRecord> find(UUID id) {
        lock.lock();
        try {
            return Optional.ofNullable(records.get(id));
        } finally {
            lock.unlock();
        }
    }

    boolean forget(UUID id) {
        lock.lock();
        try {
            return drop(id); // its place in the order goes when its turn comes
        } finally {
            lock.unlock();
        }
    }

    private boolean drop(UUID id) {
        var record = records.remove(id);
        bytes -= record == null ? 0 : record.weight();
        return record != null;
    }

    List<JobRecord> all() {
        lock.lock();
        try {
            return List.copyOf(records.values());
        } finally {
            lock.unlock();
        }
    }
}
