package io.procpool.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job's tasks: those that can still be cut, those that are claimed and can be handed out, and those that are out with workers. Where claims are written they are made ahead, some
 * at a time, so that no worker waits for the store. Not thread safe.
 */
final class Tasks {
    private static final int LARGEST_BATCH = 64;

    private final Source source;
    private final boolean claims;
    private final boolean oneByOne;
    private final Set<Task> out = new LinkedHashSet<>();
    private final Deque<Task> claimed = new ArrayDeque<>();

    /** Those that are to run again, by their first item, as they will be when they are cut. */
    private final Map<Long, Task> known = new HashMap<>();

    private int nextNumber;
    private int firstAttempt = 1;
    private int batch;
    private boolean claiming;
    private boolean queued = true;

    /**
     * @param claims whether a task is claimed before it is handed out
     * @param oneByOne whether none is claimed ahead
     */
    Tasks(Source source, boolean claims, boolean oneByOne) {
        this.source = source;
        this.claims = claims;
        this.oneByOne = oneByOne;
    }

    /** So many tasks were cut in an earlier life of the job. */
    void goOnAt(int number) {
        nextNumber = number;
    }

    /** Tasks that are cut from now on may have been run before. */
    void firstAttempt(int attempt) {
        firstAttempt = attempt;
    }

    /** Whether one can be handed out, or claimed. */
    boolean left() {
        return !claimed.isEmpty() || source.left();
    }

    /** The next one, which is out from now on; null: none can be handed out before it is claimed. */
    @Nullable Task next(int processes) {
        var task = claims ? claimed.poll() : cut(processes);
        if (task != null) {
            out.add(task);
        }
        return task;
    }

    private Task cut(int processes) {
        var chunk = source.cut(processes);
        var again = known.remove(chunk.firstItem());
        return again == null ? new Task(nextNumber++, chunk, firstAttempt, List.of()) : again;
    }

    /** Whether another can be handed out now. */
    boolean more() {
        return claims ? !claimed.isEmpty() : source.left();
    }

    /** Those that are to be claimed now: to be {@link #claimed} then. None while others are being claimed. */
    List<Task> toClaim(int processes) {
        if (!claims || claiming || !source.left() || claimed.size() > batch / 2) {
            return List.of();
        }
        if (claimed.isEmpty()) { // whoever came has to wait for the store
            batch = Math.min(LARGEST_BATCH, Math.max(2 * processes, 2 * batch));
        }
        int count = oneByOne ? 1 : batch - claimed.size();
        var tasks = new ArrayList<Task>();
        while (tasks.size() < count && source.left()) {
            tasks.add(cut(processes));
        }
        claiming = true;
        return tasks;
    }

    void claimed(List<Task> tasks) {
        claiming = false;
        claimed.addAll(tasks);
    }

    /** It was claimed with its job. */
    void claimedAhead(int processes) {
        claimed.add(cut(processes));
    }

    /** It will be run another time. */
    void again(Task next) {
        known.put(next.firstItem(), next);
        source.again(next.chunk());
    }

    /** The pool asks for no more until it is told that there is more. */
    void rest() {
        queued = false;
        source.rests();
    }

    /** Whether the pool is to be told now that there is something for it. */
    boolean wakes() {
        if (!claims) {
            return source.wakes();
        }
        if (queued || !left() || (claimed.isEmpty() && claiming)) {
            return false;
        }
        queued = true;
        return true;
    }

    /** Nothing more is handed out. */
    void stop() {
        claimed.clear();
        source.stop();
    }

    void returned(Task task) {
        out.remove(task);
    }

    void measured(Task task, Duration ran) {
        source.measured(task.items(), ran);
    }

    boolean noneOut() {
        return out.isEmpty();
    }

    /** What ends those that are out, as far as they have said. */
    List<Runnable> cancellers() {
        return out.stream().map(Task::canceller).filter(Objects::nonNull).toList();
    }
}
