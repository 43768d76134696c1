package io.procpool.metrics;

import io.procpool.job.JobState;
import io.procpool.pool.Outcome;
import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal;
import java.util.List;
import java.util.stream.Stream;

/** The values of labels: each set is small and known before anything happens, so that it can be there at zero. */
final class Labels {
    /** What is no name of a pool: a pool's begins with a letter or a digit. */
    static final String NO_POOL = "_unknown";

    static final List<String> TASK_OUTCOMES =
            List.of(
                    "succeeded",
                    "failed",
                    "worker_lost",
                    "timed_out",
                    "cancelled",
                    "pool_terminated",
                    "protocol_error");

    static final List<String> JOB_OUTCOMES =
            Stream.concat(TASK_OUTCOMES.stream(), Stream.of("expired", "quarantined")).toList();

    static final List<String> REASONS =
            List.of(
                    "queue_full",
                    "closed",
                    "too_large",
                    "invalid",
                    "function_unknown",
                    "pool_unknown",
                    "degraded",
                    "overloaded",
                    "draining",
                    "store_full",
                    "store_failed");

    private Labels() {}

    /** Whether the worker has answered: its process is there, and what it says of itself is about this task. */
    static boolean answered(String outcome) {
        return outcome.equals("succeeded") || outcome.equals("failed");
    }

    static String outcome(JobState state) {
        return state instanceof JobState.Failed(_, _, var problem)
                ? new Outcome.Failed(problem).label()
                : state.label();
    }

    /** Why a submission was turned away. */
    static String reason(Problem why) {
        return switch (why) {
            case Refusal.QueueFull _ -> "queue_full";
            case Refusal.PoolNotRunning _ -> "closed";
            case Refusal.BodyTooLarge _ -> "too_large";
            case Refusal.PoolUnknown _ -> "pool_unknown";
            case Failure.FunctionUnknown _ -> "function_unknown";
            case Refusal.PoolDegraded _ -> "degraded";
            case Refusal.Overloaded _ -> "overloaded";
            case Refusal.Draining _ -> "draining";
            case Refusal.StoreFull _ -> "store_full";
            case Refusal.StoreFailed _ -> "store_failed";
            // All else is about what the client has written.
            default -> "invalid";
        };
    }
}
