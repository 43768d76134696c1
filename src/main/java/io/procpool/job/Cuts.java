package io.procpool.job;

import io.procpool.payload.Payload;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tasks of a submission that is whole: the call of an apply, the chunks of a map. Not thread safe. */
final class Cuts implements Source {
    private static final Payload ARGS = Payload.ofUtf8("{\"args\":");
    private static final Payload KWDS = Payload.ofUtf8(",\"kwds\":");
    private static final Payload END = Payload.ofUtf8("}");

    private final Submission submission;
    private final ChunkSizes sizes;
    private final long readyNanos = System.nanoTime();
    private final Deque<Chunk> again = new ArrayDeque<>();
    private int nextItem;
    private boolean queued = true;
    private boolean stopped;

    Cuts(Submission submission) {
        this.submission = submission;
        this.sizes = new ChunkSizes(submission.items(), chunksize(submission));
    }

    /** With a timeout, which is a task's, and no chunksize a task is one item: else nobody knows what the timeout is for. */
    private static @Nullable Integer chunksize(Submission submission) {
        return submission.chunksize() == null && submission.timeout() != null
                ? Integer.valueOf(1)
                : submission.chunksize();
    }

    /** All items before this one have been cut in an earlier life of the job. */
    void goOnAt(int item) {
        nextItem = item;
    }

    /** The chunk of some items as it was cut in an earlier life of the job. */
    Chunk recut(long first, int count) {
        return new Chunk(first, count, body((int) first, count), System.nanoTime());
    }

    @Override
    public boolean left() {
        return !stopped && (!again.isEmpty() || nextItem < submission.items());
    }

    @Override
    public void again(Chunk chunk) {
        again.add(chunk);
    }

    @Override
    public void rests() {
        queued = false;
    }

    @Override
    public boolean wakes() {
        if (queued || !left()) {
            return false;
        }
        queued = true;
        return true;
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public Chunk cut(int processes) {
        if (!again.isEmpty()) {
            return again.remove();
        }
        int first = nextItem;
        int count = sizes.next(submission.items() - first, processes);
        nextItem += count;
        return new Chunk(first, count, body(first, count), readyNanos);
    }

    private List<Payload> body(int first, int count) {
        var iterable = submission.iterable();
        return iterable == null
                ? List.of(ARGS, submission.args(), KWDS, submission.kwds(), END)
                : List.of(iterable.range(first, first + count));
    }

    @Override
    public void measured(int items, Duration ran) {
        sizes.measured(items, ran);
    }
}
