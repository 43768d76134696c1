package io.procpool.pool;

import io.procpool.payload.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One task on its way through a pool: what to call, and whom to tell. */
public final class Call {

    /**
     * What a call's owner hears, on the slot's thread; of a call that does not run, also on that of whoever cancels it or ends the pool. {@code ended} comes exactly
     * once; {@code started} before it, if it starts, and again if its worker had gone before it read the call and another one gets it: the function has seen only the
     * last start. A call that may have begun is never run a second time by the pool: the owner is told what it lost its worker by, and makes another attempt of it.
     */
    public interface Listener {
        void started(long pid, Instant at);

        /**
         * What the function has said of how far it is, between {@code started} and {@code ended}; up to some dozens of times a second, more from a program of others.
         *
         * @param done finite, as {@code total}
         * @param total null: it did not say
         * @param note null: none; at most 1,000 characters
         */
        default void progress(double done, @Nullable Double total, @Nullable String note) {}

        /** @param run null if the call never reached a worker */
        void ended(Outcome outcome, @Nullable Run run);
    }

    /**
     * Where a call comes from.
     *
     * @param reference what the owner calls it, for {@code /workers}
     * @param task which of the owner's tasks it is, from 0
     * @param attempt the how-manieth run of the task, from 1
     * @param fresh whether it must have a worker that has served nobody, which serves nobody after it
     */
    public record Origin(String reference, int task, int attempt, boolean fresh) {}

    private static final int MOST_GIVEN_BACK = 3;

    private final Origin origin;
    private final String verb;
    private final String func;
    private final boolean collect;
    private final int items;
    private final List<Payload> body;
    private final @Nullable Duration timeout;
    private final Listener listener;
    private final long queuedNanos;
    private final AtomicInteger givenBack = new AtomicInteger();
    private volatile boolean cancelled;
    private volatile @Nullable Runnable onCancel;

    /**
     * @param verb of the protocol: apply, map, starmap
     * @param items of a map or starmap: how many values it must return; else 1
     * @param body the pieces of the call's body
     * @param timeout null: the pool's
     * @param queuedNanos since when it could have run, by {@link System#nanoTime}
     */
    public Call(
            Origin origin,
            String verb,
            String func,
            boolean collect,
            int items,
            List<Payload> body,
            @Nullable Duration timeout,
            long queuedNanos,
            Listener listener) {
        this.origin = origin;
        this.verb = verb;
        this.func = func;
        this.collect = collect;
        this.items = items;
        this.body = List.copyOf(body);
        this.timeout = timeout;
        this.queuedNanos = queuedNanos;
        this.listener = listener;
    }

    /** Asks for the kill ladder if it runs, or that it does not begin. It may still end otherwise, if that was earlier. */
    public void cancel() {
        cancelled = true;
        var runner = onCancel;
        if (runner != null) {
            runner.run();
        }
    }

    /** A few times: a pool whose workers die before they read anything must not keep a call for ever. */
    boolean mayBeGivenBack() {
        return givenBack.incrementAndGet() <= MOST_GIVEN_BACK;
    }

    boolean cancelled() {
        return cancelled;
    }

    /** From now on {@link #cancel} also runs this. Whoever sets it looks at {@link #cancelled} afterwards. */
    void onCancel(Runnable runner) {
        onCancel = runner;
    }

    String reference() {
        return origin.reference();
    }

    Origin origin() {
        return origin;
    }

    String verb() {
        return verb;
    }

    String func() {
        return func;
    }

    boolean collect() {
        return collect;
    }

    int items() {
        return items;
    }

    /** Whether it is of many items, whose values come as an array. */
    boolean isMap() {
        return !verb.equals("apply");
    }

    List<Payload> body() {
        return body;
    }

    /** Bytes of the body. */
    long size() {
        return body.stream().mapToLong(Payload::size).sum();
    }

    @Nullable Duration timeout() {
        return timeout;
    }

    long queuedNanos() {
        return queuedNanos;
    }

    Listener listener() {
        return listener;
    }
}
