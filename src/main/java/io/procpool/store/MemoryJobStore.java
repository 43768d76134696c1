package io.procpool.store;

import io.procpool.job.JobRecord;
import io.procpool.job.JobStore;
import io.procpool.problem.Refusal.Overloaded;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.SequencedSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Keeps jobs as long as the service lives and the memory allows: when there are too many, or they hold too much, the oldest
 * results are dropped, and asking for one of those says that it is gone.
 *
 * <p>Threads: any. {@code lock} guards the order and the count of what is final; {@code records} can be read without it.
 */
@Component
final class MemoryJobStore implements JobStore {
    private static final int MOST_UNFINISHED = 1_000_000;
    private static final int MOST_RESULTS = 100_000;
    private static final int MOST_GONE = 1_000_000;
    private static final int HEAP_SHARE = 4;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final int mostUnfinished;
    private final int mostResults;
    private final long mostBytes;
    private final NavigableMap<UUID, JobRecord> records = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final SequencedSet<UUID> finished = new LinkedHashSet<>();
    private final SequencedSet<UUID> gone = new LinkedHashSet<>();
    private int unfinished;
    private int results;
    private long bytes;
    private long evicted;

    @Autowired
    MemoryJobStore() {
        this(MOST_UNFINISHED, MOST_RESULTS, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    MemoryJobStore(int mostUnfinished, int mostResults, long mostBytes) {
        this.mostUnfinished = mostUnfinished;
        this.mostResults = mostResults;
        this.mostBytes = mostBytes;
    }

    @Override
    public void accept(JobRecord record) {
        lock.lock();
        try {
            if (unfinished >= mostUnfinished) {
                throw new Refused(new Overloaded(mostBytes, RETRY_AFTER));
            }
            if (records.putIfAbsent(record.id(), record) == null) {
                unfinished++;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void withdraw(UUID id) {
        lock.lock();
        try {
            var record = records.get(id);
            if (record != null && !record.ready()) {
                records.remove(id);
                unfinished--;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> finish(JobRecord record) {
        lock.lock();
        try {
            var before = records.get(record.id());
            if (before != null && !before.ready() && record.ready()) {
                records.put(record.id(), record);
                finished.add(record.id());
                unfinished--;
                results++;
                bytes += record.weight();
                makeRoom();
            }
        } finally {
            lock.unlock();
        }
        return CompletableFuture.completedFuture(null);
    }

    private void makeRoom() {
        while ((results > mostResults || bytes > mostBytes) && results > 1) {
            var oldest = finished.getFirst();
            drop(oldest);
            gone.add(oldest);
            evicted++;
        }
        while (gone.size() > MOST_GONE) {
            gone.removeFirst();
        }
    }

    private boolean drop(UUID id) {
        var record = records.get(id);
        if (record == null || !record.ready()) {
            return false;
        }
        records.remove(id);
        finished.remove(id);
        results--;
        bytes -= record.weight();
        return true;
    }

    @Override
    public Found find(UUID id) {
        var record = records.get(id);
        if (record != null) {
            return new Found.There(record);
        }
        lock.lock();
        try {
            return gone.contains(id) ? new Found.Gone() : new Found.Unknown();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean forget(UUID id) {
        lock.lock();
        try {
            return drop(id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Holdings holdings() {
        lock.lock();
        try {
            return new Holdings(results, bytes, evicted);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<JobRecord> list(Query query) {
        var candidates = query.before() == null ? records : records.headMap(query.before(), false);
        return candidates.descendingMap().values().stream()
                .filter(query::matches)
                .limit(query.limit())
                .toList();
    }
}
