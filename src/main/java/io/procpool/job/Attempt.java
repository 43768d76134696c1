package io.procpool.job;

import io.procpool.problem.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of one run of a task.
 *
 * @param n the how-manieth run of this task
 * @param firstItem of the task's chunk
 * @param items in it
 * @param generation of its worker: which version of the functions and of the pool's specification it ran
 * @param exitcode of its worker, if the run ended with the worker's exit
 * @param signal that ended its worker, if one did
 * @param peakRss bytes
 * @param problem how it failed, if it did
 */
public record Attempt(
        int n,
        long firstItem,
        int items,
        long pid,
        int generation,
        Instant started,
        Instant finished,
        @Nullable Integer exitcode,
        @Nullable Integer signal,
        double cpuSeconds,
        long peakRss,
        String outputTail,
        boolean outputTruncated,
        @Nullable Failure problem) {}
