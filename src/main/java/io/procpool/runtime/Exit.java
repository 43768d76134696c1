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
 * @param collateral whether it had to go because its host process was killed for another's sake
 */
public record Exit(
        @Nullable Integer exitcode,
        @Nullable Integer signal,
        double cpuSeconds,
        long peakRss,
        @Nullable String cause,
        boolean collateral) {

    /** Java reports the end by signal n as status 128 + n, as a shell does: who exits with that is taken for killed. */
    private static final int BY_SIGNAL = 128;

    private static final int MOST_SIGNALS = 64;

    public Exit(
            @Nullable Integer exitcode,
            @Nullable Integer signal,
            double cpuSeconds,
            long peakRss,
            @Nullable String cause) {
        this(exitcode, signal, cpuSeconds, peakRss, cause, false);
    }

    static Exit unknown(String cause) {
        return new Exit(null, null, 0, 0, cause);
    }

    static Exit collateral(String cause) {
        return new Exit(null, null, 0, 0, cause, true);
    }

    /** Of a process that has ended. */
    static Exit of(Process process) {
        int status = process.exitValue();
        return status > BY_SIGNAL && status <= BY_SIGNAL + MOST_SIGNALS
                ? new Exit(null, status - BY_SIGNAL, 0, 0, null)
                : new Exit(status, null, 0, 0, null);
    }

    @Override
    public String toString() {
        if (signal != null) {
            return "was killed by signal " + signal;
        }
        return exitcode != null ? "exited with status " + exitcode : String.valueOf(cause);
    }
}
