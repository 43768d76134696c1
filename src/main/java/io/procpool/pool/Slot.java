package io.procpool.pool;

import io.procpool.problem.Failure;
import io.procpool.runtime.Worker.Event;
import io.procpool.wire.Kind;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place for a worker, and the whole story of what happens in it, top to bottom, on its own platform thread: get a worker, let
 * it serve, replace it, begin again.
 *
 * <p>Threads: everything but {@link #wake} runs on the slot's thread. A slot waits in its worker's selector, or parked while it has
 * no worker; a wake ends either.
 */
final class Slot implements Runnable, FairQueue.Taker {
    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);
    private static final Duration LONG = Duration.ofDays(1);

    private final Pool pool;
    private final int number;
    private final Thread thread;
    private volatile @Nullable Member member;
    private volatile boolean woken;
    private final Succession succession;
    private boolean dormant;
    private boolean tried;
    private final Owed owed = new Owed();
    private long calls = 1; // call 1 is the initializer's

    Slot(Pool pool, int number) {
        this.pool = pool;
        this.number = number;
        this.succession = new Succession(pool, this);
        this.thread =
                Thread.ofPlatform().daemon().name(pool.name() + "-slot-" + number).unstarted(this);
    }

    void start() {
        thread.start();
    }

    int number() {
        return number;
    }

    @Override
    public void wake() {
        woken = true;
        var current = member;
        if (current != null) {
            current.worker.poke();
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        try {
            while (pool.wants(this)) {
                if (dormant) {
                    sleepUntilNeeded();
                }
                var next = succession.next();
                if (next != null) {
                    serve(next);
                }
            }
        } catch (RuntimeException | Error bug) {
            LOG.error("Slot {} of pool {} ended by a bug", number, pool.name(), bug);
        } finally {
            end();
        }
    }

    /** Whether it has taken a call that it has not begun: the slot is needed until it has. */
    boolean owes() {
        return !owed.isEmpty();
    }

    private void end() {
        pool.queue().leave(this);
        owed.giveBack(pool);
        succession.end();
        pool.ended(this);
    }

    /** An idle slot has no worker until the queue has something for it. */
    private void sleepUntilNeeded() {
        while (pool.wants(this) && mayBeIdle() && pool.queue().waitFor(this)) {
            park();
        }
        if (!mayBeIdle()) {
            pool.queue().leave(this); // it is to have a worker, needed or not
        }
        dormant = false;
    }

    private boolean mayBeIdle() {
        return pool.spec().idleTimeout() != null && owed.isEmpty();
    }

    private void park() {
        while (!woken) {
            LockSupport.park(this);
        }
        woken = false;
    }

    /** Begins to start the next worker, if that has not begun. */
    void prepareReplacement() {
        succession.prepare();
    }

    private void serve(Member current) {
        member = current;
        tried = false;
        try {
            var lost = look(current, System.nanoTime()); // it may have waited for long, and died
            while (lost == null) {
                var why = Recycling.due(current, pool, this);
                if (why != null && mayLeave(current, why)) {
                    retire(current, why);
                    return;
                }
                var call = nextCall(current);
                lost = call == null ? idle(current) : task(current, call);
                if (dormant) {
                    retire(current, ExitReason.IDLE);
                    return;
                }
            }
            discharge(current, lost);
            if (current.served() == 0 && !tried && !lost.caused()) {
                pool.diedUnused(current, lost);
            }
        } catch (RuntimeException | Error bug) {
            current.worker.destroy();
            discharge(current, ExitReason.PROTOCOL_ERROR);
            throw bug;
        } finally {
            member = null;
            pool.queue().leave(this);
        }
    }

    private @Nullable Call nextCall(Member current) {
        var call = current.served() == 0 ? owed.poll() : null;
        return call != null ? call : pool.queue().poll(this, pool.spec().processes());
    }

    private void discharge(Member current, ExitReason lost) {
        if (current.worker.isUnkillable()) {
            // No worker comes on top of it: that would stall the same way, or lack what this one
            // holds.
            pool.queue().leave(this);
            owed.giveBack(pool); // it may be long
            succession.dismiss();
        }
        pool.roster().discharge(current, lost);
    }

    /** Replacement first: a worker that could go on does so until the next one is ready. */
    private boolean mayLeave(Member current, ExitReason why) {
        return switch (why) {
            case MAX_TASKS -> {
                prepareReplacement();
                pool.queue().leave(this);
                succession.awaitReady();
                yield true;
            }
            case FRESH -> {
                prepareReplacement();
                pool.queue().leave(this);
                if (current.isReserved()) {
                    succession.awaitReady();
                } else {
                    succession.awaitReadyOrTrouble();
                }
                yield current.isReserved() || succession.isReady();
            }
            case MAX_AGE, MAX_MEMORY_SOFT, ROLLOVER, RETIRED -> {
                prepareReplacement();
                if (current.isOutdated()) {
                    pool.queue().leave(this);
                    succession.awaitReadyOrTrouble();
                }
                yield succession.isReady() || speaksAnotherLanguage(current);
            }
            default -> true;
        };
    }

    /** Whether it can't run what its pool takes by now: better no worker than one that does not know the functions. */
    private boolean speaksAnotherLanguage(Member current) {
        return !current.generation.spec().runtime().equals(pool.generation().spec().runtime());
    }

    private void retire(Member current, ExitReason why) {
        pool.queue().leave(this);
        if (!succession.isClear()) {
            owed.giveBack(pool); // the one before ends slowly
        }
        succession.retire(current, why);
    }

    private @Nullable ExitReason task(Member current, Call call) {
        if (current.worker.hasEnded()) {
            Again.to(pool, call); // no task dies of a worker that was dead before
            return idle(current);
        }
        if (call.origin().fresh() && current.served() > 0) {
            owed.add(call, this::wake); // for the next worker in this place
            return null;
        }
        calls++;
        tried = true;
        call.onCancel(this::wake);
        if (call.cancelled()) {
            call.listener().ended(new Outcome.Failed(new Failure.Cancelled()), null);
            return null;
        }
        if (Recycling.isLastTask(current, call, pool)) {
            prepareReplacement();
        }
        if (call.origin().fresh()) {
            current.reserve();
        }
        var run = new TaskRun(pool, this, current, call, calls);
        try {
            var lost = run.run().lost();
            if (lost == null && current.served() == 1) {
                pool.lived();
            }
            return lost;
        } catch (RuntimeException | Error bug) {
            // Whatever it is, the call ends and the slot lives on: a bug must not become a hang.
            LOG.error("A bug ended call {} in pool {}", call.reference(), pool.name(), bug);
            var exit = current.worker.destroy();
            run.giveUp(exit);
            return ExitReason.PROTOCOL_ERROR;
        }
    }

    private @Nullable ExitReason idle(Member current) {
        var limit = pool.spec().idleTimeout();
        long begun = System.nanoTime();
        long idleNanos = (limit == null ? LONG : current.jittered(limit)).toNanos();
        var lost =
                look(
                        current,
                        begun + Math.min(idleNanos, Recycling.untilOld(current, pool).toNanos()));
        dormant = lost == null && limit != null && System.nanoTime() - begun >= idleNanos;
        return lost;
    }

    /** Waits for what an idle worker may do until the deadline: nothing that is its business, or die. */
    private @Nullable ExitReason look(Member current, long deadlineNanos) {
        return switch (current.worker.await(deadlineNanos)) {
            case Event.Poked _ -> {
                woken = false;
                yield null;
            }
            case Event.Due _ -> null;
            case Event.Gone(var exit) -> current.reasonOf(exit);
            case Event.Broken _ -> brokeProtocol(current);
            case Event.Received(var frame) when frame.is(Kind.PROGRESS) ->
                    null; // of a thread that a task left running
            case Event.Received(var frame) when frame.is(Kind.ASK) -> {
                pool.ask(current.worker, "", frame);
                yield null;
            }
            case Event.Received _ -> brokeProtocol(current);
        };
    }

    private ExitReason brokeProtocol(Member current) {
        LOG.warn(
                "Worker {} of pool {} broke the protocol while idle: it is killed",
                current.worker.pid(),
                pool.name());
        current.worker.destroy();
        return ExitReason.PROTOCOL_ERROR;
    }
}
