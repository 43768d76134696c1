package io.procpool.pool;

import io.procpool.problem.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Work that waits outside of queues, as a store has it: a test puts it there, and fetches it. */
final class Shelf implements Backlog {
    private final Map<String, List<Work>> waiting = new HashMap<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    synchronized void put(String pool, Work work) {
        waiting.computeIfAbsent(pool, _ -> new ArrayList<>()).add(work);
    }

    /** All that waits for a pool goes into its queue, and is off the shelf then; as the feeder of a service does it. */
    void fetch(Pool pool) {
        List<Work> fetched;
        synchronized (this) {
            fetched = List.copyOf(waiting.getOrDefault(pool.name(), List.of()));
        }
        fetched.forEach(pool::admit);
        synchronized (this) {
            waiting.remove(pool.name());
        }
        pool.drained();
    }

    /** What it was told, in order. */
    List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void opened(String pool) {
        heard.add("opened " + pool);
    }

    @Override
    public synchronized boolean waiting(String pool) {
        return waiting.containsKey(pool);
    }

    @Override
    public void drop(String pool) {
        List<Work> dropped;
        synchronized (this) {
            var there = waiting.remove(pool);
            dropped = there == null ? List.of() : there;
        }
        dropped.forEach(work -> work.drop(new Failure.PoolTerminated(pool)));
        heard.add("drop " + pool);
    }

    @Override
    public void suspend() {
        heard.add("suspend");
    }
}
