package io.procpool.job;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.PoolDegraded;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A small pool of threads: takes the tasks of jobs and ends each with its own items, when it may. */
final class Hands implements Workers, AutoCloseable {
    private final LinkedBlockingQueue<Job> queue = new LinkedBlockingQueue<>();
    private final int count;
    private final List<Thread> threads;
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    private volatile Problem refusesToCheck;
    private volatile Problem refusesToQueue;
    private final List<String> words = new CopyOnWriteArrayList<>();
    private final List<UUID> withdrawals = new CopyOnWriteArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();
    private volatile Consumer<Job> beforeAdmit = _ -> {};
    private volatile boolean killed;
    private volatile Problem refusesToAdmit;
    private volatile Fate fate = Fate.RUN;
    private volatile PoolDegraded trouble;
    private volatile Failure fault;
    private final AtomicInteger broken = new AtomicInteger();
    private final List<String> drained = new CopyOnWriteArrayList<>();

    /** Weak: a job that is done must not be held by the test itself. */
    private final Map<Job, Boolean> withdrawn = Collections.synchronizedMap(new WeakHashMap<>());

    Hands(int count) {
        this.count = count;
        threads = Stream.generate(() -> Thread.ofVirtual().start(this::work)).limit(count).toList();
    }

    /** No task ends from now on. */
    void hold() {
        gate = new CompletableFuture<>();
    }

    void letGo() {
        gate.complete(null);
    }

    void refuseToCheck(Problem problem) {
        refusesToCheck = problem;
    }

    void refuseToQueue(Problem problem) {
        refusesToQueue = problem;
    }

    void trouble(PoolDegraded problem) {
        trouble = problem;
    }

    /** How each task ends from now on; null: well. */
    void breakWith(Failure why) {
        fault = why;
    }

    /** Tasks that were broken. */
    int broken() {
        return broken.get();
    }

    int withdrawn() {
        return withdrawn.size();
    }

    boolean wasWithdrawn(Job job) {
        return withdrawn.containsKey(job);
    }

    @Override
    public void check(Submission submission) {
        if (refusesToCheck != null) {
            throw new Refused(refusesToCheck);
        }
    }

    @Override
    public void enqueue(Job job) {
        if (refusesToQueue != null) {
            throw new Refused(refusesToQueue);
        }
        queue.add(job);
    }

    /** Accepted jobs find no pool from now on. */
    void refuseToAdmit(Problem problem) {
        refusesToAdmit = problem;
    }

    void fate(Fate now) {
        fate = now;
    }

    /** Pools of which nothing waits outside of their queues any more. */
    List<String> drained() {
        return List.copyOf(drained);
    }

    /** Something that happens just before an accepted job gets here. */
    void beforeAdmit(Consumer<Job> action) {
        beforeAdmit = action;
    }

    int admitted() {
        return (int) words.stream().filter("admit"::equals).count();
    }

    /** What it was told of accepted jobs, in order. */
    List<String> words() {
        return List.copyOf(words);
    }

    List<UUID> withdrawals() {
        return List.copyOf(withdrawals);
    }

    /** Tasks that were run to their end. */
    int runs() {
        return runs.get();
    }

    /** Whatever runs ends as it does when the service is over. */
    void kill() {
        killed = true;
        gate.complete(null);
    }

    @Override
    public void admit(Job job) {
        beforeAdmit.accept(job);
        if (refusesToAdmit != null) {
            throw new Refused(refusesToAdmit);
        }
        words.add("admit");
        queue.add(job);
    }

    @Override
    public void drained(String pool) {
        drained.add(pool);
    }

    @Override
    public Fate fate(String pool) {
        return fate;
    }

    @Override
    public void more(Job job) {
        queue.add(job);
    }

    @Override
    public void withdraw(Job job) {
        words.add("withdraw");
        withdrawals.add(job.id());
        withdrawn.put(job, true);
    }

    @Override
    public Optional<PoolDegraded> trouble(String pool) {
        return Optional.ofNullable(trouble);
    }

    @Override
    public Duration startTimeout(String pool) {
        return Duration.ofMillis(5);
    }

    private void work() {
        try {
            while (true) {
                var job = queue.take();
                var cut = job.next(count);
                if (cut != null) {
                    if (cut.more()) {
                        queue.add(job);
                    }
                    run(job, cut.task());
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Job job, Task task) {
        var cancelled = new AtomicBoolean();
        var stop = new CompletableFuture<Void>();
        job.cancelledBy(
                task,
                () -> {
                    cancelled.set(true);
                    stop.complete(null);
                });
        job.begun(task, DrivenJob.PID, Submissions.CLOCK.instant());
        CompletableFuture.anyOf(gate, stop).join();
        if (cancelled.get()) {
            job.ended(task, new Task.End.Broke(new Failure.Cancelled()), null);
            return;
        }
        if (killed) {
            var why = new Failure.PoolTerminated(job.submission().pool());
            job.ended(task, new Task.End.Broke(why), null);
            return;
        }
        var why = fault;
        if (why != null) {
            broken.incrementAndGet();
            var attempt = DrivenJob.attempt(task, why, Submissions.CLOCK.instant());
            job.ended(task, new Task.End.Broke(why), attempt);
            return;
        }
        runs.incrementAndGet();
        var value =
                job.submission().iterable() == null
                        ? job.submission().args()
                        : Payload.ofUtf8(Submissions.text(task));
        job.ended(
                task,
                new Task.End.Value(value, List.of()),
                DrivenJob.attempt(task, null, Submissions.CLOCK.instant()));
    }

    /** They have gone when this returns. */
    @Override
    public void close() {
        letGo();
        try {
            for (var thread : threads) {
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
