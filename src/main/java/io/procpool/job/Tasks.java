package io.procpool.job;

import io.procpool.payload.Payload;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A job's tasks: those that can still be cut, and those that are out with workers. Not thread safe. */
final class Tasks {
    private static final Payload ARGS = Payload.ofUtf8("{\"args\":");
    private static final Payload KWDS = Payload.ofUtf8(",\"kwds\":");
    private static final Payload END = Payload.ofUtf8("}");

    private final Submission submission;
    private final ChunkSizes sizes;
    private final Set<Task> out = new LinkedHashSet<>();
    private int nextNumber;
    private int nextItem;

    Tasks(Submission submission) {
        this.submission = submission;
        this.sizes = new ChunkSizes(submission.items(), chunksize(submission));
    }

    /** With a timeout, which is a task's, and no chunksize a task is one item: else nobody knows what the timeout is for. */
    private static @Nullable Integer chunksize(Submission submission) {
        return submission.chunksize() == null && submission.timeout() != null
                ? Integer.valueOf(1)
                : submission.chunksize();
    }

    boolean left() {
        return nextItem < submission.items();
    }

    /** The next one, if any are {@link #left}; it is out from now on. */
    Task cut(int processes) {
        int first = nextItem;
        int count = sizes.next(submission.items() - first, processes);
        nextItem += count;
        var task = new Task(nextNumber++, first, count, body(first, count));
        out.add(task);
        return task;
    }

    private List<Payload> body(int first, int count) {
        var iterable = submission.iterable();
        return iterable == null
                ? List.of(ARGS, submission.args(), KWDS, submission.kwds(), END)
                : List.of(iterable.range(first, first + count));
    }

    void returned(Task task) {
        out.remove(task);
    }

    void measured(Task task, Duration ran) {
        sizes.measured(task.items(), ran);
    }

    boolean noneOut() {
        return out.isEmpty();
    }

    /** What ends those that are out, as far as they have said. */
    List<Runnable> cancellers() {
        return out.stream().map(Task::canceller).filter(Objects::nonNull).toList();
    }
}
