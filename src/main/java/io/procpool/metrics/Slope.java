package io.procpool.metrics;

import java.util.HashMap;
import java.util.Map;

/**
 * By how many bytes one call of a function makes its process grow, found by least squares: each look says how often which
 * functions ran and what was grown in all, and the slopes are sought that explain all looks best; the last fifty count most.
 *
 * <p>Each slope holds its own row of the normal equations (the weight of its own calls, of those of others that ran beside it, and
 * the growth) and solves it for itself with the others' slopes as they are: that is Gauss-Seidel's method, one step a look.
 *
 * <p>Threads: any may read; who writes holds the lock of {@link MemoryGrowth}.
 */
final class Slope {
    /** What is left of the weight of a look when the next comes. */
    private static final double MEMORY = 0.98;

    private static final double NEGLIGIBLE = 1e-6;

    private final Map<Slope, Double> beside = new HashMap<>();
    private double own;
    private double grown;
    private volatile double bytesPerTask;
    private volatile boolean known;

    double bytesPerTask() {
        return bytesPerTask;
    }

    boolean isKnown() {
        return known;
    }

    /**
     * @param ran how often each function ran between two looks, this one too
     * @param growth in that time, in bytes
     */
    void learn(Map<Slope, Integer> ran, long growth) {
        double all = ran.values().stream().mapToInt(Integer::intValue).sum();
        double share = ran.getOrDefault(this, 0) / all; // the noise of a look grows with its tasks
        own *= MEMORY;
        grown = grown * MEMORY + share * growth;
        beside.replaceAll((_, weight) -> weight * MEMORY);
        beside.values().removeIf(weight -> weight < NEGLIGIBLE);
        ran.forEach(
                (other, count) -> {
                    if (other.equals(this)) {
                        own += share * count;
                    } else {
                        beside.merge(other, share * count, Double::sum);
                    }
                });
        double others =
                beside.entrySet().stream()
                        .mapToDouble(other -> other.getValue() * other.getKey().bytesPerTask())
                        .sum();
        bytesPerTask = (grown - others) / own;
        known = true;
    }
}
