package io.procpool.pool;

import io.procpool.payload.Payload;
import io.procpool.pool.PoolListener.Started;
import io.procpool.runtime.Launcher;
import io.procpool.runtime.StartFailed;
import io.procpool.runtime.Worker;
import io.procpool.runtime.Worker.Event;
import io.procpool.runtime.WorkerKind;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a pool's workers and has them run the initializer. Blocks; each start runs on a thread of the crew. */
final class Recruiter {
    private static final Logger LOG = LoggerFactory.getLogger(Recruiter.class);
    private static final long INITIALIZE = 1; // the first call id; tasks count on from there

    private final Pool pool;
    private final StartGate gate;

    Recruiter(Pool pool, StartGate gate) {
        this.pool = pool;
        this.gate = gate;
    }

    /**
     * Tries until a worker is ready.
     *
     * @return null if it is not wanted any more
     */
    @Nullable Member recruit(BooleanSupplier wanted) {
        while (gate.enter(wanted)) {
            var generation = pool.generation();
            long begun = System.nanoTime();
            try {
                var member = start(generation, wanted);
                if (member == null) {
                    gate.withdrawn();
                    continue;
                }
                gate.succeeded();
                pool.ready();
                pool.listener().workerStarted(started(member, begun));
                return member;
            } catch (StartFailed failure) {
                if (!wanted.getAsBoolean() || generation != pool.generation()) {
                    gate.withdrawn(); // what a former generation can't do says nothing
                    continue;
                }
                LOG.warn("Pool {} can't start a worker: {}", pool.name(), failure.getMessage());
                gate.failed(String.valueOf(failure.getMessage()));
                pool.listener().workerStartFailed(pool.name());
            } catch (RuntimeException | Error bug) {
                gate.failed("an error in Procpool: " + bug);
                throw bug;
            }
        }
        return null;
    }

    /** Returns null: it was killed for a client, or is not wanted any more, which says nothing about the next one */
    private @Nullable Member start(Generation generation, BooleanSupplier wanted)
            throws StartFailed {
        var worker = generation.start(pool.spec().startTimeout());
        var member = pool.roster().enlist(worker, generation);
        var spec = generation.spec();
        if (spec.initializer() != null) {
            long begun = System.nanoTime();
            try {
                if (!initialize(worker, spec.initializer(), spec, wanted)) {
                    worker.discard();
                    pool.roster().discharge(member, member.killedOr(pool.endReason()));
                    return null;
                }
            } catch (StartFailed | RuntimeException | Error failure) {
                worker.discard();
                pool.roster().discharge(member, member.killedOr(ExitReason.INIT_FAILED));
                if (member.isKilled() && failure instanceof StartFailed) {
                    return null;
                }
                throw failure;
            }
            member.initialized(Duration.ofNanos(System.nanoTime() - begun));
        }
        member.becomes(WorkerState.IDLE);
        return member;
    }

    private Started started(Member member, long begun) {
        var generation = member.generation;
        var how = how(member.worker, generation);
        var took = Duration.ofNanos(System.nanoTime() - begun);
        return new Started(pool.name(), how, took, member.initializing());
    }

    private static String how(Worker worker, Generation generation) {
        if (worker.isSpare()) {
            return Started.SPARE;
        }
        return generation.spec().kind() == WorkerKind.THREAD
                ? WorkerKind.THREAD.label()
                : generation
                        .launcher()
                        .map(Launcher::startMethod)
                        .orElse(generation.spec().startMethod());
    }

    /** Returns false: it is not wanted any more */
    private boolean initialize(
            Worker worker, String initializer, PoolSpec spec, BooleanSupplier wanted)
            throws StartFailed {
        var body =
                List.of(
                        Payload.ofUtf8("{\"args\":"),
                        spec.initargs(),
                        Payload.ofUtf8(",\"kwds\":{}}"));
        var header = Header.of(Map.of("verb", "initialize", "func", initializer));
        worker.send(new Frame(Kind.CALL.number(), INITIALIZE, header, body));
        var patience = pool.spec().startTimeout(); // the generation's may be of a former one
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            switch (worker.await(deadline)) {
                case Event.Received(var frame)
                        when frame.callId() == INITIALIZE && frame.is(Kind.RESULT) -> {
                    return true;
                }
                case Event.Received(var frame)
                        when frame.callId() == INITIALIZE && frame.is(Kind.ERROR) ->
                        throw new StartFailed(
                                "the initializer "
                                        + initializer
                                        + " failed: "
                                        + describe(frame.header()));
                case Event.Received(var frame) when frame.is(Kind.PROGRESS) -> {
                    continue; // nobody waits for the progress of an initializer
                }
                case Event.Received(var frame) when frame.is(Kind.ASK) ->
                        pool.ask(worker, "", frame);
                case Event.Received(var frame) ->
                        throw new StartFailed(
                                "the worker sent a frame of kind "
                                        + frame.kind()
                                        + " while it was initialised");
                case Event.Gone(var exit) ->
                        throw new StartFailed(
                                "the worker "
                                        + exit
                                        + " in the initializer "
                                        + initializer
                                        + tail(worker.output().text()));
                case Event.Broken(var why) ->
                        throw new StartFailed("the worker broke the protocol: " + why);
                case Event.Due _ ->
                        throw new StartFailed(
                                "the initializer "
                                        + initializer
                                        + " did not end within start_timeout ("
                                        + patience.toMillis() / 1000.0
                                        + " s)");
                case Event.Poked _ -> {
                    if (!wanted.getAsBoolean()) {
                        return false;
                    }
                }
            }
        }
    }

    private static String describe(Header header) {
        var exception = header.object("exception");
        var type = exception.string("type");
        return type == null
                ? header.string("problem", "") + ": " + header.string("message", "")
                : type + ": " + exception.string("message", "");
    }

    private static String tail(String output) {
        return output.isBlank() ? "" : "; it printed: " + output.strip();
    }
}
