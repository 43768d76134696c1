package io.procpool.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of one run of a call in a worker.
 *
 * @param generation of the worker: counts from 1 with each change of the functions' files or of what workers are started with
 * @param exitcode of the worker, if the run ended with its exit
 * @param signal that ended the worker, if one did
 * @param cpuSeconds user and system time
 * @param peakRss bytes, the highest of the worker's life so far
 * @param outputTail the end of what it printed
 * @param outputTruncated whether it printed more than that
 */
public record Run(
        long pid,
        int generation,
        Instant started,
        Instant finished,
        @Nullable Integer exitcode,
        @Nullable Integer signal,
        double cpuSeconds,
        long peakRss,
        String outputTail,
        boolean outputTruncated) {}
