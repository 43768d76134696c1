package io.procpool.job;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.PoolDegraded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A stream that a test drives by hand: its time stands still unless the test moves it. */
final class DrivenStream implements Workers {
    final DrivenJob driven;
    final ItemStream stream;
    final Deque<Task> out = new ArrayDeque<>();
    final List<Problem> refused = new ArrayList<>();
    Optional<PoolDegraded> trouble = Optional.empty();
    private final AtomicInteger told = new AtomicInteger();
    private final Deque<Runnable> alarms = new ArrayDeque<>();
    private long now;
    private long alarm;

    DrivenStream(Verb verb, int chunksize) {
        this(Submissions.imap(verb, chunksize));
    }

    DrivenStream(Submission submission) {
        driven = new DrivenJob(submission);
        var listener =
                new JobListener() {
                    @Override
                    public void refused(String pool, Problem why) {
                        refused.add(why);
                    }
                };
        stream = new ItemStream(driven.job, this, listener, new Alarms(), () -> now);
    }

    /** A timer that goes off when the test says so. */
    private final class Alarms extends ScheduledThreadPoolExecutor {
        Alarms() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            alarms.add(task);
            alarm = now + unit.toNanos(delay);
            return null;
        }
    }

    /** Alarms that are set. */
    int alarms() {
        return alarms.size();
    }

    /** Moves the time; what is due goes off. */
    void pass(Duration time) {
        now += time.toNanos();
        if (!alarms.isEmpty() && now >= alarm) {
            alarms.remove().run();
        }
    }

    /** A JSON array of items that there must be room for. */
    void offer(String array) throws InterruptedException {
        stream.offer(Submissions.items(array));
    }

    /** Lets the pool take all that it can get; returns what it got. */
    List<String> takeAll(int processes) {
        var bodies = new ArrayList<String>();
        for (var cut = driven.job.next(processes); cut != null; ) {
            driven.job.begun(cut.task(), DrivenJob.PID, DrivenJob.NOW);
            out.add(cut.task());
            bodies.add(Submissions.text(cut.task()));
            cut = cut.more() ? driven.job.next(processes) : null;
        }
        return bodies;
    }

    /** The oldest task that is out ends with its own items as values. */
    void echo() {
        driven.echo(out.remove());
    }

    void echoLast() {
        driven.echo(out.removeLast());
    }

    void value(String array) {
        driven.job.ended(out.remove(), new Task.End.Value(Payload.ofUtf8(array), List.of()), null);
    }

    void broke(Failure failure) {
        driven.broke(out.remove(), failure);
    }

    /** What can be written: the first item of each chunk with its values or its problem. */
    List<String> written() {
        return stream.poll().stream()
                .map(
                        answered ->
                                answered.firstItem()
                                        + "+"
                                        + answered.items()
                                        + " "
                                        + switch (answered.end()) {
                                            case Task.End.Value(var value, _) -> value.utf8();
                                            case Task.End.Broke(var problem) ->
                                                    problem.getClass().getSimpleName();
                                        })
                .toList();
    }

    long read() {
        return driven.job.snapshot().items();
    }

    /** How often the pool was told that there is something again. */
    int told() {
        return told.get();
    }

    @Override
    public void check(Submission submission) {}

    @Override
    public void enqueue(Job job) {}

    @Override
    public void admit(Job job) {}

    @Override
    public void drained(String pool) {}

    @Override
    public Fate fate(String pool) {
        return Fate.RUN;
    }

    @Override
    public void more(Job job) {
        told.incrementAndGet();
    }

    @Override
    public void withdraw(Job job) {}

    @Override
    public Optional<PoolDegraded> trouble(String pool) {
        return trouble;
    }

    @Override
    public Duration startTimeout(String pool) {
        return Duration.ofSeconds(30);
    }
}
