package io.procpool.problem;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a job that was taken did not succeed. A function's own failure is the client's to handle: 422, never a 5xx. */
public sealed interface Failure extends Problem {

    /** What a function raised. {@code traceback} is the text that the runtime would have printed. */
    record Thrown(String type, String message, String traceback) {}

    /** The function raised an exception; {@code index} is the failing item of a map. */
    record FunctionRaised(Thrown exception, @Nullable Integer index) implements Failure {}

    /** The arguments can't be bound to the function's parameters; {@code index} is the failing item of a map. */
    record ArgumentsDoNotFit(String detail, @Nullable Integer index) implements Failure {}

    /** The value has no JSON form; {@code index} is the failing item of a map. */
    record NotSerializable(String detail, @Nullable Integer index) implements Failure {
        public NotSerializable(String detail) {
            this(detail, null);
        }
    }

    /** The value's JSON text is longer than {@code limit} bytes. */
    record ResultTooLarge(long limit) implements Failure {}

    /**
     * 404 as a refusal before an id exists; as a failure where only the worker could tell.
     *
     * @param cause why a module that should have it does not, for example its import error
     */
    record FunctionUnknown(String func, @Nullable String cause) implements Failure {}

    /**
     * The worker ended while it ran the task.
     *
     * @param reason one of the exit reasons of {@code docs/problems.md}, for example {@code crash_signal}
     * @param exitcode its exit status, if it exited
     * @param signal the signal that ended it, if one did
     * @param outputTail the end of what the task had written to its standard output and error
     */
    record WorkerLost(
            String reason, @Nullable Integer exitcode, @Nullable Integer signal, String outputTail)
            implements Failure {

        private static final Set<String> TASKS_DOING =
                Set.of(
                        "crash_signal",
                        "crash_exit",
                        "max_memory_hard",
                        "unresponsive",
                        "unkillable",
                        "protocol_error");

        private static final Integer SIGTERM = 15;
        private static final String WITH_THE_SERVICE = "service_lost";

        /** The service was lost, and all its workers with it. */
        public static WorkerLost withTheService() {
            return new WorkerLost(WITH_THE_SERVICE, null, null, "");
        }

        public boolean wasWithTheService() {
            return reason.equals(WITH_THE_SERVICE);
        }

        /**
         * Whether the task is to be charged with it: it crashed, took too much, or broke the protocol. Where nobody can tell (a SIGKILL may be the kernel's for want of memory, or anybody's) it
         * is. Not if the service, a client, or the end of another process took the worker away, nor after a SIGTERM, which a supervisor that stops the service sends to all processes.
         */
        public boolean isTasksDoing() {
            return TASKS_DOING.contains(reason) && !SIGTERM.equals(signal);
        }
    }

    /**
     * The task has killed its worker too often: it is in quarantine, and is not run again by itself.
     *
     * @param crashes how often
     * @param reason how the last one ended, as in {@link WorkerLost}
     * @param exitcode of the last one, if it exited
     * @param signal that ended the last one, if one did
     * @param outputTail the end of what the task had written in its last run
     */
    record Quarantined(
            int crashes,
            String reason,
            @Nullable Integer exitcode,
            @Nullable Integer signal,
            String outputTail)
            implements Failure {}

    /** The task ran longer than {@code limit} and was killed. */
    record TimedOut(Duration limit) implements Failure {}

    /** The job was cancelled. */
    record Cancelled() implements Failure {}

    /** The job had not started within its {@code expires_in}. */
    record Expired(Duration after) implements Failure {}

    /** The pool was terminated before the job had an outcome. */
    record PoolTerminated(String pool) implements Failure {}

    /** The input of a stream could not be read on: what came before was run, and {@code why} says where it broke off. */
    record InputRefused(String why) implements Failure {}

    /** A stream got no input for {@code after}. */
    record InputStalled(Duration after) implements Failure {}

    /** The worker broke the protocol and was killed. */
    record ProtocolError(String detail) implements Failure {}

    /** The same failure with its item counted from the start of the map instead of the start of the chunk. */
    default Failure shifted(long items) {
        return switch (this) {
            case FunctionRaised(var exception, Integer index) when index != null ->
                    new FunctionRaised(exception, sum(index, items));
            case ArgumentsDoNotFit(var detail, Integer index) when index != null ->
                    new ArgumentsDoNotFit(detail, sum(index, items));
            case NotSerializable(var detail, Integer index) when index != null ->
                    new NotSerializable(detail, sum(index, items));
            default -> this;
        };
    }

    /** Null beyond what an int can say: only a stream comes there, and each of its lines has the index. */
    private static @Nullable Integer sum(int index, long items) {
        long sum = index + items;
        return sum <= Integer.MAX_VALUE ? Integer.valueOf((int) sum) : null;
    }

    /** The same failure without the output that is part of its evidence. */
    default Failure withoutOutput() {
        return switch (this) {
            case WorkerLost(var reason, var exitcode, var signal, _) ->
                    new WorkerLost(reason, exitcode, signal, "");
            case Quarantined(var crashes, var reason, var exitcode, var signal, _) ->
                    new Quarantined(crashes, reason, exitcode, signal, "");
            default -> this;
        };
    }
}
