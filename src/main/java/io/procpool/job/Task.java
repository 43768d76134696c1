package io.procpool.job;

import io.procpool.job.JobStore.TaskClaim;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of the call of an apply, or of one chunk of a map, with what is known of the runs before. */
public final class Task {

    /** How a task ended. */
    public sealed interface End {
        /** @param errors their index counts from the start of the task */
        record Value(Payload value, List<ItemError> errors) implements End {}

        record Broke(Failure problem) implements End {}
    }

    /** From so many crashes on it runs in a worker that has served nobody, and serves nobody after it. */
    private static final int ALONE_FROM = 2;

    private final int number;
    private final Source.Chunk chunk;
    private final int attempt;
    private final List<Attempt> attempts;
    private @Nullable Runnable canceller;

    /** The first run. */
    Task(int number, Source.Chunk chunk) {
        this(number, chunk, 1, List.of());
    }

    /** @param attempts of the runs before */
    Task(int number, Source.Chunk chunk, int attempt, List<Attempt> attempts) {
        this.number = number;
        this.chunk = chunk;
        this.attempt = attempt;
        this.attempts = new ArrayList<>(attempts);
    }

    /** From 0, in the order in which they were cut. */
    public int number() {
        return number;
    }

    /** Which run this is, from 1. */
    public int attempt() {
        return attempt;
    }

    /** Whether it is to have a worker of its own: it has killed more than one. */
    public boolean alone() {
        return Crashes.of(attempts) >= ALONE_FROM;
    }

    Source.Chunk chunk() {
        return chunk;
    }

    TaskClaim claim() {
        return new TaskClaim(number, firstItem(), items(), attempt);
    }

    /** The runs that have ended. */
    List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    void ran(Attempt run) {
        attempts.add(run);
    }

    /** The next run. */
    Task next() {
        return new Task(number, chunk.again(), attempt + 1, attempts);
    }

    /** The same run under another number. */
    Task as(int other) {
        return new Task(number, chunk, other, attempts);
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
