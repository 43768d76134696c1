package io.procpool.durability;

import io.procpool.problem.Refusal.StoreFailed;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One of the calls that change something goes wrong, and the service ends of it.
 *
 * <p>Threads: any. The lock is this object's; nothing is called under it but the log.
 */
final class Fault implements Interposer {
    /** {@code lapse} is left out: it comes by the clock, and would make the count another one each time. */
    static final Set<String> COUNTED =
            Set.of(
                    "JobStore.accept",
                    "JobStore.withdraw",
                    "JobStore.claim",
                    "JobStore.rescue",
                    "JobStore.claimTasks",
                    "JobStore.begun",
                    "JobStore.ended",
                    "JobStore.again",
                    "JobStore.finish",
                    "JobStore.end",
                    "JobStore.endAll",
                    "JobStore.forget",
                    "JobStore.dropQuarantined",
                    "PoolStore.put",
                    "PoolStore.forget");

    /** The exit status of a service that is gone. */
    static final int GONE = 137;

    private static final Duration LAST_MOMENTS = Duration.ofMillis(200);

    enum Kind {
        /** The call and all after it fail, as those of a store whose disk has failed; soon after the service is gone. */
        ERROR,
        /** The service is gone before the call has had its effect. */
        KILLED_BEFORE,
        /** The service is gone when the call has had its effect, and nobody has been told. */
        KILLED_AFTER
    }

    /**
     * Which call it is, and what becomes of it.
     *
     * @param at its number, from 1; or its name, which is the first of that name
     */
    record Plan(Kind kind, String at) {
        static Plan of(String text) {
            var parts = text.split(":", 2);
            return new Plan(Kind.valueOf(parts[0]), parts[1]);
        }

        private boolean strikes(int number, String name) {
            return at.equals(name) || at.equals(Integer.toString(number));
        }

        @Override
        public String toString() {
            return kind + ":" + at;
        }
    }

    private final Plan plan;
    private final FaultLog log;
    private final Runnable halt;
    private int calls;
    private boolean struck;

    Fault(Plan plan, FaultLog log) {
        this(plan, log, () -> Runtime.getRuntime().halt(GONE));
    }

    /** @param halt how the service ends */
    Fault(Plan plan, FaultLog log, Runnable halt) {
        this.plan = plan;
        this.log = log;
        this.halt = halt;
    }

    private enum Moment {
        BEFORE,
        NOW,
        AFTER
    }

    private synchronized Moment moment(String call) {
        if (struck) {
            return Moment.AFTER;
        }
        if (!COUNTED.contains(call)) {
            return Moment.BEFORE;
        }
        calls++;
        log.called(call);
        struck = plan.strikes(calls, call);
        if (struck) {
            log.struck(call);
        }
        return struck ? Moment.NOW : Moment.BEFORE;
    }

    @Override
    public @Nullable Object called(Call call) throws Throwable {
        return switch (moment(call.fullName())) {
            case BEFORE -> call.proceed();
            case NOW -> strike(call);
            case AFTER -> plan.kind() == Kind.ERROR ? failed(call) : call.proceed();
        };
    }

    private @Nullable Object strike(Call call) throws Throwable {
        switch (plan.kind()) {
            case ERROR -> Thread.ofPlatform().daemon().start(this::endSoon);
            case KILLED_BEFORE -> halt.run();
            case KILLED_AFTER -> {
                return haltAfter(call);
            }
        }
        return failed(call);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is what the service is told
    private static Object failed(Call call) {
        var failure = new Refused(new StoreFailed(Duration.ofSeconds(1)));
        if (CompletionStage.class.isAssignableFrom(call.returns())) {
            return CompletableFuture.failedFuture(failure);
        }
        throw failure;
    }

    private void endSoon() {
        long end = System.nanoTime() + LAST_MOMENTS.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(LAST_MOMENTS.toNanos());
        }
        halt.run();
    }

    /**
     * Never by a wait for the stage: the caller may be the thread that completes it. What the service gets is what comes after the halt: of the stage itself it would be told
     * before that.
     */
    private @Nullable Object haltAfter(Call call) throws Throwable {
        var done = call.proceed();
        if (done instanceof CompletionStage<?> stage) {
            return stage.whenComplete((_, _) -> halt.run());
        }
        halt.run();
        return done;
    }
}
