package io.procpool.job;

import io.procpool.payload.Payload;
import java.time.Duration;
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
    private int nextItem;

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

    @Override
    public boolean left() {
        return nextItem < submission.items();
    }

    @Override
    public Chunk cut(int processes) {
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
