package io.procpool.job;

import java.nio.ByteBuffer;
import java.util.Arrays;

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

    void add(int firstItem, int items) {
        if (2 * count == runs.length) {
            runs = Arrays.copyOf(runs, runs.length * 2);
        }
        runs[2 * count] = firstItem;
        runs[2 * count + 1] = items;
        count++;
    }

    /** Of what {@link #toByteArray} has made. */
    public static Arrivals of(byte[] bytes) {
        var numbers = ByteBuffer.wrap(bytes).asIntBuffer();
        var runs = new int[numbers.remaining()];
        numbers.get(runs);
        return new Arrivals(runs, runs.length / 2);
    }

    /** For a store: eight bytes a chunk. */
    public byte[] toByteArray() {
        var bytes = ByteBuffer.allocate(2 * count * Integer.BYTES);
        bytes.asIntBuffer().put(runs, 0, 2 * count);
        return bytes.array();
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
}
