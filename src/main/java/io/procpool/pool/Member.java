package io.procpool.pool;

import io.procpool.runtime.Exit;
import io.procpool.runtime.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A pool's worker with the pool's books on it. Its owner (the thread that starts it, its slot, the thread that retires it) writes;
 * anyone reads.
 */
final class Member {
    final long id;
    final Worker worker;
    final Generation generation;
    final Instant started;
    private final double jitter;
    private volatile WorkerState state = WorkerState.STARTING;
    private final AtomicInteger served = new AtomicInteger();
    private volatile @Nullable Call current;
    private volatile boolean outdated;
    private volatile boolean reserved;
    private volatile boolean retired;
    private volatile boolean killed;
    private volatile @Nullable Duration initializing;

    /** @param jitter from 0 to 1: how much of the tenth by which limits may be cut is cut for this one */
    Member(long id, Worker worker, Generation generation, Instant started, double jitter) {
        this.id = id;
        this.worker = worker;
        this.generation = generation;
        this.started = started;
        this.jitter = jitter;
    }

    WorkerState state() {
        return state;
    }

    int served() {
        return served.get();
    }

    @Nullable Call current() {
        return current;
    }

    void becomes(WorkerState next) {
        state = next;
    }

    void takes(Call call) {
        current = call;
        state = WorkerState.BUSY;
    }

    void hasServed() {
        served.incrementAndGet();
        current = null;
        state = WorkerState.IDLE;
    }

    void initialized(Duration took) {
        initializing = took;
    }

    /** How long its initializer took; null if it has none. */
    @Nullable Duration initializing() {
        return initializing;
    }

    /** Somebody wants it gone when it has finished its task. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Ends it at once, for somebody who wants that; any thread. Its owner sees the end. */
    void kill() {
        killed = true;
        retired = true;
        worker.signalKill();
    }

    boolean isKilled() {
        return killed;
    }

    /** Why it has ended, if its owner had not asked for that. */
    ExitReason reasonOf(Exit exit) {
        return killedOr(worker.isUnkillable() ? ExitReason.UNKILLABLE : ExitReason.ofCrash(exit));
    }

    ExitReason killedOr(ExitReason other) {
        return killed ? ExitReason.KILLED : other;
    }

    /** It has met a call that only a newer worker can run. */
    void outdated() {
        outdated = true;
    }

    boolean isOutdated() {
        return outdated;
    }

    /** It serves one call that wants a worker of its own, and nobody after that. */
    void reserve() {
        reserved = true;
    }

    boolean isReserved() {
        return reserved;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - worker.startedNanos());
    }

    /** The limit for this worker: up to a tenth less, so that those that began together don't all end together. */
    Duration jittered(Duration limit) {
        return Duration.ofNanos((long) (limit.toNanos() * (1 - jitter / 10)));
    }

    long jittered(long limit) {
        return (long) (limit * (1 - jitter / 10));
    }
}
