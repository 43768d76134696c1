package io.procpool.job;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A job's tasks: those that can still be cut, and those that are out with workers. Not thread safe. */
final class Tasks {
    private final Source source;
    private final Set<Task> out = new LinkedHashSet<>();
    private int nextNumber;

    Tasks(Source source) {
        this.source = source;
    }

    boolean left() {
        return source.left();
    }

    /** The next one, if any are {@link #left}; it is out from now on. */
    Task cut(int processes) {
        var chunk = source.cut(processes);
        var task = new Task(nextNumber++, chunk);
        out.add(task);
        return task;
    }

    /** The pool asks for no more until it is told that there is more. */
    void rest() {
        source.rests();
    }

    /** Nothing more is cut. */
    void stop() {
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
