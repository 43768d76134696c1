package io.procpool.job;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A job that a test drives by hand, as a pool and a store would. Its outcome shows at once unless a test holds it back. */
final class DrivenJob {
    static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    static final int LIMIT = 10_000;
    static final int PROCESSES = 4;

    static final UUID ID = new UUID(0, 7);
    static final long PID = 4711;

    final Job job;
    private final AtomicInteger decisions = new AtomicInteger();
    private final AtomicInteger mores = new AtomicInteger();
    private final AtomicLong ids = new AtomicLong(100);
    private final Queue<Later> later = new ConcurrentLinkedQueue<>();
    private volatile boolean heldBack;

    /** What the job wants done after a pause. */
    record Later(Duration pause, Runnable action) {}

    /** One that nobody is promised anything about. */
    DrivenJob(Submission submission) {
        job = new Job(identity(), submission, LIMIT, CLOCK, new Driver());
    }

    /** An accepted one, in its first life. */
    DrivenJob(Submission submission, Journal journal) {
        this(submission, journal, 1);
    }

    /** @param epoch which life it is */
    DrivenJob(Submission submission, Journal journal, int epoch) {
        var ticket = new Ticket(ID, epoch);
        job = new Job(identity(), submission, LIMIT, CLOCK, new Driver(), journal, ticket);
    }

    private static Job.Identity identity() {
        return new Job.Identity(ID, NOW, null);
    }

    private final class Driver implements Job.Owner {
        @Override
        public void decided(Job decided) {
            decisions.incrementAndGet();
            if (!heldBack) {
                decided.publish();
            }
        }

        @Override
        public void more(Job same) {
            mores.incrementAndGet();
        }

        @Override
        public CompletionStage<Void> again(Ticket ticket, Task task) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void later(Job same, Duration pause, Runnable action) {
            later.add(new Later(pause, action));
        }

        @Override
        public UUID newId() {
            return new UUID(0, ids.incrementAndGet());
        }
    }

    /** How often the pool was told that there is something again. */
    int mores() {
        return mores.get();
    }

    /** What waits for its time. */
    List<Duration> pauses() {
        return later.stream().map(Later::pause).toList();
    }

    /** The first pause is over. */
    void pass() {
        later.remove().action().run();
    }

    /** The store takes its time. */
    DrivenJob heldBack() {
        heldBack = true;
        return this;
    }

    int decisions() {
        return decisions.get();
    }

    /** Cuts the next task and begins it. */
    Task begin() {
        var task = cut();
        job.begun(task, PID, NOW);
        return task;
    }

    Task cut() {
        var cut = job.next(PROCESSES);
        if (cut == null) {
            throw new AssertionError("nothing is left to run");
        }
        return cut.task();
    }

    List<Task> beginAll() {
        var tasks = new ArrayList<Task>();
        for (var cut = job.next(PROCESSES); cut != null; cut = job.next(PROCESSES)) {
            tasks.add(cut.task());
            job.begun(cut.task(), PID, NOW);
        }
        return tasks;
    }

    void value(Task task, String json, ItemError... errors) {
        job.ended(
                task,
                new Task.End.Value(Payload.ofUtf8(json), Arrays.asList(errors)),
                attempt(task, null));
    }

    /** Ends with its own items as the value. */
    void echo(Task task) {
        value(task, Submissions.text(task));
    }

    void broke(Task task, Failure failure) {
        job.ended(task, new Task.End.Broke(failure), attempt(task, failure));
    }

    static Attempt attempt(Task task, Failure failure) {
        return attempt(task, failure, NOW);
    }

    static Attempt attempt(Task task, Failure failure, Instant started) {
        return attempt(task.attempt(), task.firstItem(), task.items(), failure, started);
    }

    static Attempt attempt(int n, long firstItem, int items, Failure failure, Instant started) {
        return new Attempt(
                n,
                firstItem,
                items,
                PID,
                1,
                started,
                started.plus(Duration.ofMillis(1)),
                null,
                null,
                0,
                0,
                "",
                false,
                failure);
    }

    JobState state() {
        return job.snapshot().state();
    }

    JobState.Succeeded succeeded() {
        return (JobState.Succeeded) state();
    }

    String value() {
        return succeeded().value().utf8();
    }

    Failure problem() {
        return ((JobState.Failed) state()).problem();
    }
}
