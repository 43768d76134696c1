package io.procpool.job;

import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.List;

/**
 * Which failed runs of a task are followed by another.
 *
 * @param max how many runs may follow the first, 0 to 100
 * @param backoff before the second run; doubled before each further one, up to {@link #LONGEST_BACKOFF}
 * @param on the problem types after which there is another: some of {@link #CAUSES}
 */
public record Retries(int max, Duration backoff, List<String> on) {
    public static final int MOST = 100;
    public static final Duration LONGEST_BACKOFF = Duration.ofHours(1);

    /** What a run of a task can end with that another run may not end with. */
    public static final List<String> CAUSES =
            List.of("worker-lost", "timed-out", "function-raised", "protocol-error");

    /** For whoever waits for the answer, unless said otherwise. */
    public static final Retries NONE = new Retries(0, Duration.ZERO, List.of("worker-lost"));

    /** For accepted jobs, unless said otherwise. */
    public static final Retries ACCEPTED = new Retries(2, Duration.ZERO, List.of("worker-lost"));

    public Retries {
        on = List.copyOf(on);
    }

    /** Whether a run that has ended so is followed by another, if there may be one. */
    boolean after(Failure failure) {
        return switch (failure) {
            case Failure.WorkerLost _ -> on.contains("worker-lost");
            case Failure.TimedOut _ -> on.contains("timed-out");
            case Failure.FunctionRaised _ -> on.contains("function-raised");
            case Failure.ProtocolError _ -> on.contains("protocol-error");
            default -> false;
        };
    }

    /**
     * The pause before a run.
     *
     * @param run which one: at least the second
     */
    Duration before(int run) {
        var pause = backoff;
        for (int n = 2; n < run && pause.compareTo(LONGEST_BACKOFF) < 0; n++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(LONGEST_BACKOFF) < 0 ? pause : LONGEST_BACKOFF;
    }
}
