package io.procpool.pool;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One apply in a pool, and everything that is heard of it. */
final class Asked implements Work, Call.Listener {
    private final Call call;
    private final CompletableFuture<Long> started = new CompletableFuture<>();
    private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
    private final AtomicInteger outcomes = new AtomicInteger();
    private final List<Reported> told = new CopyOnWriteArrayList<>();
    private volatile Run run;

    Asked(String func, String args, Duration timeout) {
        this(func, args, timeout, new Call.Origin(func, 0, 1, false));
    }

    Asked(String func, String args, Duration timeout, Call.Origin origin) {
        call =
                new Call(
                        origin,
                        "apply",
                        func,
                        false,
                        1,
                        List.of(
                                Payload.ofUtf8("{\"args\":"),
                                Payload.ofUtf8(args),
                                Payload.ofUtf8(",\"kwds\":{}}")),
                        timeout,
                        System.nanoTime(),
                        this);
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public boolean waitedFor() {
        return true;
    }

    @Override
    public Taken next(int processes) {
        return new Taken(call, false);
    }

    @Override
    public void drop(Failure why) {
        ended(new Outcome.Failed(why), null);
    }

    @Override
    public void started(long pid, Instant at) {
        started.complete(pid);
    }

    @Override
    public void progress(double done, Double total, String note) {
        told.add(new Reported(done, total, note));
    }

    @Override
    public void ended(Outcome outcome, Run evidence) {
        outcomes.incrementAndGet();
        run = evidence;
        ended.complete(outcome);
    }

    void cancel() {
        call.cancel();
    }

    String func() {
        return call.func();
    }

    /**
     * The pid of its worker, once that has begun: one that is killed before it has read the call has not, and another worker gets the
     * call. {@code rooms.slow} tells by the name of its process.
     */
    long startedIn() {
        long pid = started.join();
        while (call.func().equals("rooms.slow") && !ended.isDone() && !isSlow(pid)) {
            Thread.onSpinWait();
        }
        return pid;
    }

    private static boolean isSlow(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm")).equals("slow\n");
        } catch (IOException gone) {
            return true;
        }
    }

    /** A call without end fails its test, and does not stop all of them. */
    Outcome outcome() {
        return ended.copy().orTimeout(2, TimeUnit.MINUTES).join();
    }

    boolean hasEnded() {
        return ended.isDone();
    }

    /** How many outcomes were told. */
    int outcomes() {
        return outcomes.get();
    }

    /** What its function has said of how far it is. */
    List<Reported> told() {
        return List.copyOf(told);
    }

    Run run() {
        outcome();
        return run;
    }

    /** The text of the value. */
    String value() {
        return switch (outcome()) {
            case Outcome.Returned(var value, _) -> value.utf8();
            case Outcome.Failed(var failure) -> throw new AssertionError("it failed: " + failure);
        };
    }

    Failure failure() {
        return switch (outcome()) {
            case Outcome.Failed(var failure) -> failure;
            case Outcome.Returned returned -> throw new AssertionError("it returned " + returned);
        };
    }
}
