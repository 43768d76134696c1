package io.procpool.job;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The call of an apply, or one chunk of a map, while it is out with a worker. */
public final class Task {

    /** How a task ended. */
    public sealed interface End {
        /** @param errors their index counts from the start of the task */
        record Value(Payload value, List<ItemError> errors) implements End {}

        record Broke(Failure problem) implements End {}
    }

    private final int number;
    private final Source.Chunk chunk;
    private @Nullable Runnable canceller;

    Task(int number, Source.Chunk chunk) {
        this.number = number;
        this.chunk = chunk;
    }

    int number() {
        return number;
    }

    public long firstItem() {
        return chunk.firstItem();
    }

    public int items() {
        return chunk.items();
    }

    /** What the worker gets, in pieces. */
    public List<Payload> body() {
        return chunk.body();
    }

    /** Since when it could have run, by {@link System#nanoTime}. */
    public long readyNanos() {
        return chunk.readyNanos();
    }

    @Nullable Runnable canceller() {
        return canceller;
    }

    void canceller(Runnable how) {
        canceller = how;
    }

    static Duration between(Attempt attempt) {
        return Duration.between(attempt.started(), attempt.finished());
    }
}
