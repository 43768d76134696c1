package io.procpool.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Who comes after the worker in a slot, and those who went before it. For the slot's thread only. */
final class Succession {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final Pool pool;
    private final Slot slot;
    private @Nullable CompletableFuture<@Nullable Member> replacement;
    private CompletableFuture<Void> retiring = CompletableFuture.completedFuture(null);

    Succession(Pool pool, Slot slot) {
        this.pool = pool;
        this.slot = slot;
    }

    /** Begins to start the next worker, if that has not begun. */
    void prepare() {
        if (replacement == null && pool.wants(slot)) {
            replacement = pool.recruit(slot);
        }
    }

    /** Waits for the next worker; null if it is not wanted any more. */
    @Nullable Member next() {
        prepare();
        var coming = replacement;
        replacement = null;
        return coming == null ? null : coming.join();
    }

    boolean isReady() {
        return replacement != null && replacement.isDone();
    }

    void awaitReady() {
        if (replacement != null) {
            replacement.handle((_, _) -> true).join();
        }
    }

    /** A pool in trouble may be without a replacement for long: better the worker that is there than none. */
    void awaitReadyOrTrouble() {
        while (replacement != null && !replacement.isDone() && pool.trouble().isEmpty()) {
            LockSupport.parkNanos(this, LOOK_AGAIN.toNanos());
        }
    }

    /** No worker is to come. */
    void dismiss() {
        var spare = replacement;
        replacement = null;
        if (spare != null) {
            var gone = spare.exceptionally(_ -> null).thenCompose(this::dismiss);
            retiring = CompletableFuture.allOf(retiring, gone);
        }
    }

    private CompletableFuture<Void> dismiss(@Nullable Member spare) {
        return spare == null
                ? CompletableFuture.completedFuture(null)
                : pool.roster().retire(spare, ExitReason.SCALE_DOWN, pool.spec().grace());
    }

    /** Whether the ones before are gone. */
    boolean isClear() {
        return retiring.isDone();
    }

    /** A worker that ends slowly does not keep the slot, but the one before it must be gone: there is never a heap of them. */
    void retire(Member current, ExitReason why) {
        retiring.join();
        retiring = pool.roster().retire(current, why, pool.spec().grace());
    }

    /** Returns when all of them are gone. */
    void end() {
        var spare = replacement == null ? null : replacement.exceptionally(_ -> null).join();
        var _ = retiring.handle((_, _) -> true).join();
        if (spare != null) {
            pool.roster().retire(spare, pool.endReason(), pool.spec().grace()).join();
        }
    }
}
