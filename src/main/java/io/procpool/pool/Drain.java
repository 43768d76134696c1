package io.procpool.pool;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The end of all pools together: what there is gets the longest grace of them all to finish, then everything is killed. */
final class Drain {
    private static final Duration JOIN_BEYOND_GRACE = Duration.ofSeconds(3);

    private Drain() {}

    /** Returns when they have ended, or can't be ended. */
    static void of(Collection<Pool> pools) {
        var grace =
                pools.stream()
                        .map(pool -> pool.spec().grace())
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO);
        pools.forEach(Pool::close);
        var late = joinAll(pools, grace);
        late.forEach(Pool::terminate);
        joinAll(late, grace.plus(JOIN_BEYOND_GRACE)).forEach(Pool::abandon);
    }

    /** Returns those that have not ended by then. */
    private static List<Pool> joinAll(Collection<Pool> pools, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            for (var pool : pools) {
                pool.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return pools.stream().filter(pool -> !pool.joined()).toList();
    }
}
