package io.procpool.runtime;

import org.jspecify.annotations.Nullable;

/**
 * How a process ended.
 *
 * @param exitcode its status, if it exited and that is known
 * @param signal the signal that ended it, if one did
 * @param cpuSeconds user and system time of its whole life; 0 if not known
 * @param peakRss bytes; 0 if not known
 * @param cause why neither status nor signal is known, for example that its forkserver was lost
 */
public record Exit(
        @Nullable Integer exitcode,
        @Nullable Integer signal,
        double cpuSeconds,
        long peakRss,
        @Nullable String cause) {

    static Exit unknown(String cause) {
        return new Exit(null, null, 0, 0, cause);
    }

    @Override
    public String toString() {
        if (signal != null) {
            return "killed by signal " + signal;
        }
        return exitcode != null ? "exited with status " + exitcode : String.valueOf(cause);
    }
}
