package io.procpool.metrics;

import java.time.Duration;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** The bounds of the histograms: few, because each is a series for each function. */
final class Buckets {
    private static final double KIB = 1024;
    private static final double MIB = KIB * KIB;
    private static final long[] MILLIS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000,
        900_000, 3_600_000
    };

    private Buckets() {}

    /** From a millisecond to an hour. */
    static Duration[] durations() {
        return LongStream.of(MILLIS).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    static double[] seconds() {
        return LongStream.of(MILLIS).mapToDouble(millis -> millis / 1e3).toArray();
    }

    /** Up to a week. */
    static double[] lifetimes() {
        return new double[] {1, 10, 60, 300, 1_800, 3_600, 21_600, 86_400, 604_800};
    }

    static double[] tasks() {
        return new double[] {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};
    }

    /** Of bodies: 256 bytes to 64 MiB. */
    static double[] bodies() {
        return powersOfFour(KIB / 4, 64 * MIB);
    }

    /** Of processes: 4 MiB to 16 GiB. */
    static double[] memory() {
        return powersOfFour(4 * MIB, 16 * KIB * MIB);
    }

    private static double[] powersOfFour(double first, double last) {
        return DoubleStream.iterate(first, bound -> bound <= last, bound -> bound * 4).toArray();
    }
}
