package io.procpool.durability;

import io.procpool.problem.Refusal.StoreFailed;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One of the calls that change something goes wrong, and the service ends of it.
 *
 * @param at which call, from 1
 */
record Fault(Kind kind, int at, AtomicInteger calls) implements Interposer {
    /** {@code lapse} is left out: it comes by the clock, and would make the count another one each time. */
    private static final Set<String> COUNTED =
            Set.of(
                    "accept",
                    "withdraw",
                    "claim",
                    "rescue",
                    "claimTasks",
                    "begun",
                    "ended",
                    "again",
                    "finish",
                    "end",
                    "endAll",
                    "forget",
                    "dropQuarantined");

    private static final int KILLED = 137;
    private static final Duration LAST_MOMENTS = Duration.ofMillis(200);

    enum Kind {
        /** The call and all after it fail, as those of a store whose disk has failed; soon after the service is gone. */
        ERROR,
        /** The service is gone before the call has had its effect. */
        KILLED_BEFORE,
        /** The service is gone when the call has had its effect, and nobody has been told. */
        KILLED_AFTER
    }

    Fault(Kind kind, int at) {
        this(kind, at, new AtomicInteger());
    }

    @Override
    public @Nullable Object called(Call call) throws Throwable {
        boolean counted = COUNTED.contains(call.name());
        int number = counted ? calls.incrementAndGet() : calls.get();
        if (number < at || (!counted && number == at)) {
            return call.proceed();
        }
        return switch (kind) {
            case ERROR -> failed(call, number == at);
            case KILLED_BEFORE -> halt();
            case KILLED_AFTER -> haltAfter(call);
        };
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is what the service is told
    private static Object failed(Call call, boolean first) {
        if (first) {
            Thread.ofPlatform().daemon().start(Fault::endSoon);
        }
        var failure = new Refused(new StoreFailed(Duration.ofSeconds(1)));
        if (CompletionStage.class.isAssignableFrom(call.returns())) {
            return CompletableFuture.failedFuture(failure);
        }
        throw failure;
    }

    private static void endSoon() {
        long end = System.nanoTime() + LAST_MOMENTS.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(LAST_MOMENTS.toNanos());
        }
        halt();
    }

    private static Object haltAfter(Call call) throws Throwable {
        if (call.proceed() instanceof CompletionStage<?> stage) {
            stage.toCompletableFuture().join();
        }
        return halt();
    }

    private static Object halt() {
        Runtime.getRuntime().halt(KILLED);
        throw new IllegalStateException("still alive");
    }
}
