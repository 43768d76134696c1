package io.procpool.pool;

import io.procpool.pool.PoolListener.Ran;
import io.procpool.problem.Failure;
import io.procpool.runtime.Exit;
import io.procpool.runtime.ProcessMemory;
import io.procpool.runtime.Worker;
import io.procpool.runtime.Worker.Event;
import io.procpool.runtime.WorkerKind;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call in one worker, from the frame that sends it to its one outcome. Lives on the slot's thread. */
final class TaskRun {
    /** How often a running worker is looked at from outside: is it stopped, does it hold too much memory. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration STOPPED_FOR = Duration.ofSeconds(5);

    /** How it went: the outcome has been told; {@code lost} says that the worker is gone, and why. */
    record Ended(@Nullable ExitReason lost) {}

    private final Pool pool;
    private final Slot slot;
    private final Member member;
    private final Worker worker;
    private final Call call;
    private final long id;
    private final PoolSpec spec;
    private final @Nullable Duration limit;
    private final Instant started;
    private final long startedNanos = System.nanoTime();
    private long lookNanos = startedNanos + LOOK_EVERY.toNanos();
    private long stoppedSince;
    private boolean told;
    private int framesSent;

    TaskRun(Pool pool, Slot slot, Member member, Call call, long id) {
        this.pool = pool;
        this.slot = slot;
        this.member = member;
        this.worker = member.worker;
        this.call = call;
        this.id = id;
        this.spec = pool.spec();
        this.limit = call.timeout() != null ? call.timeout() : spec.taskTimeout();
        this.started = pool.clock().instant();
    }

    Ended run() {
        member.takes(call);
        worker.forgetOutput();
        call.listener().started(worker.pid(), started);
        pool.listener()
                .taskStarted(
                        pool.name(),
                        call.func(),
                        Duration.ofNanos(startedNanos - call.queuedNanos()));
        worker.send(new Frame(Kind.CALL.number(), id, header(), call.body()));
        framesSent = worker.framesSent();
        while (true) {
            var ended = handle(worker.await(nextDeadline()));
            if (ended != null) {
                return ended;
            }
        }
    }

    private Header header() {
        var origin = call.origin();
        return Header.of(
                Map.of(
                        "verb",
                        call.verb(),
                        "func",
                        call.func(),
                        "errors",
                        call.collect() ? "collect" : "first",
                        "job",
                        origin.reference(),
                        "task",
                        origin.task(),
                        "attempt",
                        origin.attempt()));
    }

    private long nextDeadline() {
        return limit == null ? lookNanos : Math.min(lookNanos, startedNanos + limit.toNanos());
    }

    private @Nullable Ended handle(Event event) {
        return switch (event) {
            case Event.Received(var frame) -> received(frame);
            case Event.Broken(var why) -> broken(why);
            case Event.Gone(var exit) -> gone(exit);
            case Event.Due _ -> due();
            case Event.Poked _ -> poked();
        };
    }

    private @Nullable Ended received(Frame frame) {
        var kind = Kind.of(frame.kind()).orElse(null);
        switch (kind) {
            case RESULT, ERROR -> {
                if (frame.callId() != id) {
                    return broken(
                            "an answer to call " + frame.callId() + " while call " + id + " ran");
                }
                return answered(
                        pool.answers().outcome(call, frame, member.generation.foreign()),
                        frame.header());
            }
            case ASK -> pool.ask(worker, call.reference(), frame);
            case PROGRESS -> progress(frame);
            case null, default ->
                    worker.send(
                            Frame.of(
                                    Kind.ERROR,
                                    frame.callId(),
                                    Header.of(
                                            Map.of(
                                                    "problem",
                                                    "unknown-kind",
                                                    "message",
                                                    "kind " + frame.kind()))));
        }
        return null;
    }

    /** One with another id is of a thread that an earlier task has left running. */
    private void progress(Frame frame) {
        if (frame.callId() == id) {
            Reported.in(frame.header())
                    .ifPresent(
                            told ->
                                    call.listener()
                                            .progress(told.done(), told.total(), told.note()));
        }
    }

    private Ended answered(Outcome outcome, Header header) {
        if (outcome instanceof Outcome.Failed(Failure.ProtocolError(var detail))) {
            return broken(detail);
        }
        member.hasServed();
        if (isOutdated(outcome)) {
            member.outdated();
            giveBack();
            return new Ended(null);
        }
        var exit =
                new Exit(
                        null,
                        null,
                        header.decimal("cpu_seconds", 0),
                        header.number("peak_rss", 0),
                        null);
        tell(outcome, exit);
        return new Ended(null);
    }

    /**
     * Whether the worker does not know what its pool knows by now: the call was let in for a function that was written after the
     * worker had started. A newer worker will know, if one can be started.
     */
    private boolean isOutdated(Outcome outcome) {
        return outcome instanceof Outcome.Failed(Failure.FunctionUnknown _)
                && member.generation != pool.generation()
                && pool.trouble().isEmpty();
    }

    private Ended broken(String why) {
        return kill(ExitReason.PROTOCOL_ERROR, new Failure.ProtocolError(why));
    }

    private Ended gone(Exit exit) {
        var reason = member.reasonOf(exit);
        if (worker.leftUnread() && worker.framesSent() == framesSent && call.mayBeGivenBack()) {
            giveBack(); // it died before it had read the call: no task is charged with that
            return new Ended(reason);
        }
        return lost(reason, exit);
    }

    private void giveBack() {
        told = true; // it is not ours to tell any more
        Again.to(pool, call);
    }

    private Ended lost(ExitReason reason, Exit exit) {
        var failure =
                new Failure.WorkerLost(
                        reason.label(), exit.exitcode(), exit.signal(), worker.output().text());
        tell(new Outcome.Failed(failure), exit);
        return new Ended(reason);
    }

    private @Nullable Ended due() {
        long now = System.nanoTime();
        if (limit != null && now - startedNanos >= limit.toNanos()) {
            return kill(ExitReason.TASK_TIMEOUT, new Failure.TimedOut(limit));
        }
        lookNanos = now + LOOK_EVERY.toNanos();
        if (member.isKilled()) {
            return gone(worker.destroy()); // it should be gone by now
        }
        if (overHardLimit()) {
            return lost(ExitReason.MAX_MEMORY_HARD, worker.destroy());
        }
        if (!ProcessMemory.isStopped(worker.pid())) {
            stoppedSince = 0;
        } else if (stoppedSince == 0) {
            stoppedSince = now;
        } else if (now - stoppedSince >= STOPPED_FOR.toNanos()) {
            return lost(ExitReason.UNRESPONSIVE, worker.destroy());
        }
        return null;
    }

    private boolean overHardLimit() {
        var soft = spec.maxMemoryPerChild();
        return soft != null && ProcessMemory.privateBytes(worker.pid()).orElse(0) > 2 * soft;
    }

    private @Nullable Ended poked() {
        if (pool.state() == PoolState.TERMINATE) {
            return kill(ExitReason.TERMINATE, new Failure.PoolTerminated(pool.name()));
        }
        return call.cancelled() ? kill(ExitReason.CANCEL, new Failure.Cancelled()) : null;
    }

    /** The kill ladder. The outcome is told when the process is gone: then it is true, and its evidence is whole. */
    private Ended kill(ExitReason reason, Failure failure) {
        member.becomes(WorkerState.STOPPING);
        if (member.generation.spec().kind()
                == WorkerKind.PROCESS) { // a new thread would begin in the host that is to die
            slot.prepareReplacement();
        }
        tell(new Outcome.Failed(failure), worker.kill(id, spec.grace()));
        return new Ended(reason);
    }

    /** Tells an outcome if none has been told. */
    void giveUp(Exit exit) {
        if (!told) {
            tell(
                    new Outcome.Failed(
                            new Failure.ProtocolError("the service failed to handle the call")),
                    exit);
        }
    }

    private void tell(Outcome outcome, Exit exit) {
        var run =
                new Run(
                        worker.pid(),
                        member.generation.number(),
                        started,
                        pool.clock().instant(),
                        exit.exitcode(),
                        exit.signal(),
                        exit.cpuSeconds(),
                        exit.peakRss(),
                        worker.output().text(),
                        worker.output().truncated());
        var took = Duration.ofNanos(System.nanoTime() - startedNanos);
        pool.listener()
                .taskEnded(new Ran(pool.name(), call.func(), call.size(), took, outcome, run));
        call.listener().ended(outcome, run);
        told = true;
    }
}
