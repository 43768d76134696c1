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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A job that a test drives by hand, as a pool and a store would. Its outcome shows at once unless a test holds it back. */
final class DrivenJob {
    static final Instant NOW = Instant.parse("2025-01-01T00:00:00Z");
    static final int LIMIT = 1_000;
    static final int PROCESSES = 4;

    final Job job;
    private final AtomicInteger decisions = new AtomicInteger();
    private volatile boolean heldBack;

    DrivenJob(Submission submission) {
        job =
                new Job(
                        new UUID(0, 7),
                        submission,
                        true,
                        LIMIT,
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        this::decided);
    }

    private void decided(Job decided) {
        decisions.incrementAndGet();
        if (!heldBack) {
            decided.publish();
        }
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
        job.begun(NOW);
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
            job.begun(NOW);
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
        return attempt(task.firstItem(), task.items(), failure, NOW);
    }

    static Attempt attempt(long firstItem, int items, Failure failure, Instant started) {
        return new Attempt(
                1,
                firstItem,
                items,
                4711,
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
