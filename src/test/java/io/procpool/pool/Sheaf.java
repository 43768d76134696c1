package io.procpool.pool;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A work whose calls are numbered: {@code a0, a1, …}. Whoever takes one says so by ending it. */
final class Sheaf implements Work {
    private final String name;
    private final int calls;
    private final int priority;
    private final List<Failure> drops = Collections.synchronizedList(new ArrayList<>());
    private boolean waitedFor = true;
    private int next;
    private Runnable whileCut = () -> {};

    Sheaf(String name, int calls, int priority) {
        this.name = name;
        this.calls = calls;
        this.priority = priority;
    }

    static Sheaf of(String name, int calls) {
        return new Sheaf(name, calls, 0);
    }

    /** Nobody waits for it. */
    Sheaf async() {
        waitedFor = false;
        return this;
    }

    /** Runs while a taker has it in hand. */
    Sheaf whileCut(Runnable action) {
        whileCut = action;
        return this;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public boolean waitedFor() {
        return waitedFor;
    }

    @Override
    public Taken next(int processes) {
        whileCut.run();
        if (next == calls) {
            return null;
        }
        var call = call(name + next++);
        return new Taken(call, next < calls);
    }

    static Call call(String reference) {
        return new Call(
                new Call.Origin(reference, 0, 1, false),
                "apply",
                "none.none",
                false,
                1,
                List.of(Payload.ofUtf8("{}")),
                null,
                System.nanoTime(),
                new Call.Listener() {
                    @Override
                    public void started(long pid, Instant at) {}

                    @Override
                    public void ended(Outcome outcome, Run run) {}
                });
    }

    @Override
    public void drop(Failure why) {
        drops.add(why);
    }

    List<Failure> drops() {
        return List.copyOf(drops);
    }

    @Override
    public String toString() {
        return name;
    }
}
