package io.procpool.job;

import io.procpool.problem.Failure;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is to blame for a failed run: the task, or somebody else. Crashes are counted apart from attempts: a function that raises has not crashed, and a task whose worker was ended
 * for another's sake is charged with nothing.
 */
final class Crashes {
    /** So many runs that killed their worker are enough: the task goes to quarantine. */
    static final int MOST = 3;

    /** The reason of an attempt that was lost with the service. */
    static final String SERVICE_LOST = "service_lost";

    /** Reasons of a lost worker (docs/problems.md) that are its task's doing. */
    private static final Set<String> OWN =
            Set.of("crash_signal", "crash_exit", "max_memory_hard", "unresponsive", "unkillable");

    private Crashes() {}

    /** Whether the task has killed its worker. */
    static boolean isCrash(@Nullable Failure problem) {
        return switch (problem) {
            case Failure.WorkerLost(var reason, _, _, _) -> OWN.contains(reason);
            case Failure.ProtocolError _ -> true;
            case null, default -> false;
        };
    }

    /** Whether the worker was lost by no doing of the task: another run costs it nothing. */
    static boolean isForeign(@Nullable Failure problem) {
        return problem instanceof Failure.WorkerLost && !isCrash(problem);
    }

    static int of(List<Attempt> attempts) {
        return (int) attempts.stream().filter(attempt -> isCrash(attempt.problem())).count();
    }

    /** Failed runs that the task is charged with. */
    static int charged(List<Attempt> attempts) {
        return (int)
                attempts.stream()
                        .map(Attempt::problem)
                        .filter(problem -> problem != null && !isForeign(problem))
                        .count();
    }
}
