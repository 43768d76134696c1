package io.procpool.job;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** In which order the chunks of a job came whose values are in the order of their coming. Eight bytes a chunk. Grows only; thread safe up to what {@link #count} has said. */
public final class Arrivals {
    private int[] runs;
    private int count;

    Arrivals() {
        this(new int[16], 0);
    }

    private Arrivals(int[] runs, int count) {
        this.runs = runs;
        this.count = count;
    }

    /** Of chunks in the order of their coming: first item and items of each, in turn. */
    public static Arrivals of(int[] runs) {
        return new Arrivals(runs.clone(), runs.length / 2);
    }

    /** As {@link #of} takes it. */
    public int[] runs() {
        return Arrays.copyOf(runs, 2 * count);
    }

    void add(int firstItem, int items) {
        if (2 * count == runs.length) {
            runs = Arrays.copyOf(runs, runs.length * 2);
        }
        runs[2 * count] = firstItem;
        runs[2 * count + 1] = items;
        count++;
    }

    /** As it is now. What is added later is not in it; it shares the memory. */
    Arrivals now() {
        return new Arrivals(runs, count);
    }

    /** Chunks that have come. */
    public int count() {
        return count;
    }

    /** The index in the iterable of the first item of a chunk. */
    public int firstItem(int chunk) {
        return runs[2 * chunk];
    }

    public int items(int chunk) {
        return runs[2 * chunk + 1];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Arrivals that && Arrays.equals(runs(), that.runs());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(runs());
    }
}
