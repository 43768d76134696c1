package io.procpool.job;

import io.procpool.problem.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is to blame for a failed run: the task, or somebody else. Crashes are counted apart from attempts: a function that raises has not crashed, and a task whose worker was ended
 * for another's sake is charged with nothing.
 */
final class Crashes {
    /** So many runs that killed their worker are enough: the task goes to quarantine. */
    static final int MOST = 3;

    /** The reason of a worker that was a thread of a process which was ended because of another thread's task. */
    private static final String NEIGHBOUR = "host_recycled";

    private Crashes() {}

    /** Whether the task has killed its worker. */
    static boolean isCrash(@Nullable Failure problem) {
        return switch (problem) {
            case Failure.WorkerLost lost -> lost.isTasksDoing();
            case Failure.ProtocolError _ -> true;
            case null, default -> false;
        };
    }

    /** Whether the worker was lost by no doing of the task: another run costs it nothing. */
    static boolean isForeign(@Nullable Failure problem) {
        return problem instanceof Failure.WorkerLost && !isCrash(problem);
    }

    /** Whether the worker went with a neighbour's. */
    static boolean isNeighbours(Failure problem) {
        return problem instanceof Failure.WorkerLost(var reason, _, _, _)
                && reason.equals(NEIGHBOUR);
    }

    /** Whether the last of these runs was lost with the service. */
    static boolean isServiceLost(List<Attempt> attempts) {
        return !attempts.isEmpty()
                && attempts.getLast().problem() instanceof Failure.WorkerLost lost
                && lost.wasWithTheService();
    }

    static Failure serviceLost() {
        return Failure.WorkerLost.withTheService();
    }

    static int of(List<Attempt> attempts) {
        return (int) attempts.stream().filter(attempt -> isCrash(attempt.problem())).count();
    }

    /** Failed runs that the task is charged with. */
    static int charged(List<Attempt> attempts) {
        return (int) attempts.stream().filter(Crashes::isCharged).count();
    }

    /** The last of these runs that the task is charged with: there is one. */
    static Attempt lastCharged(List<Attempt> attempts) {
        return attempts.reversed().stream().filter(Crashes::isCharged).findFirst().orElseThrow();
    }

    private static boolean isCharged(Attempt attempt) {
        return attempt.problem() != null && !isForeign(attempt.problem());
    }
}
