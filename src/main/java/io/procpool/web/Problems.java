package io.procpool.web;

import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a problem looks like to clients (RFC 9457). The only place that knows; {@code docs/problems.md} is its list. */
final class Problems {
    private static final int FAILED = 422;

    private Problems() {}

    static Rendered render(Problem problem) {
        return switch (problem) {
            case Refusal refusal -> refusal(refusal);
            case Failure failure -> failure(failure);
        };
    }

    /** How a job failed: 422 whatever it was. What is a 404 as a refusal would read as if there were no such result. */
    static Rendered outcome(Failure failure) {
        return failure(failure).as(FAILED);
    }

    private static Rendered refusal(Refusal refusal) {
        return switch (refusal) {
            case Refusal.BadRequest(var detail) ->
                    new Rendered(400, "bad-request", "The request is malformed", detail);
            case Refusal.NotSupported(var what) ->
                    new Rendered(
                                    400,
                                    "not-supported",
                                    "Not supported by this version",
                                    what + " is not supported yet")
                            .with("what", what);
            case Refusal.Forbidden(var detail) ->
                    new Rendered(403, "forbidden", "The request may not come from there", detail);
            case Refusal.PathUnknown(var path) ->
                    new Rendered(404, "not-found", "No such path", "There is nothing at " + path);
            case Refusal.PoolUnknown(var pool) ->
                    new Rendered(404, "pool-unknown", "No such pool", "There is no pool " + pool)
                            .with("pool", pool);
            case Refusal.WorkerUnknown(var pool, var id) ->
                    new Rendered(
                                    404,
                                    "worker-unknown",
                                    "No such worker",
                                    "There is no worker " + id + " in pool " + pool)
                            .with("pool", pool);
            case Refusal.ResultUnknown(var id) ->
                    new Rendered(
                            404, "result-unknown", "No such result", "There is no result " + id);
            case Refusal.MethodNotAllowed(var method, var allowed) ->
                    new Rendered(
                                    405,
                                    "method-not-allowed",
                                    "No such method here",
                                    method + " is not allowed, only " + String.join(", ", allowed))
                            .allow(allowed);
            case Refusal.NotAcceptable(var offered) ->
                    new Rendered(
                            406,
                            "not-acceptable",
                            "No acceptable media type",
                            "There is only " + String.join(", ", offered));
            case Refusal.PoolNotRunning(var pool, var state) ->
                    new Rendered(
                                    409,
                                    "pool-not-running",
                                    "The pool takes no work",
                                    "Pool " + pool + " is in state " + state)
                            .with("pool", pool)
                            .with("state", state);
            case Refusal.PoolStillRunning(var pool) ->
                    new Rendered(
                                    409,
                                    "pool-still-running",
                                    "The pool is still running",
                                    "Close or terminate pool " + pool + " before you join it")
                            .with("pool", pool);
            case Refusal.PoolPermanent(var pool) ->
                    new Rendered(
                            409,
                            "pool-permanent",
                            "The pool can't be deleted",
                            "Pool " + pool + " is always there");
            case Refusal.NotReady(var id) ->
                    new Rendered(
                            409,
                            "not-ready",
                            "The result is not ready",
                            "Result " + id + " has no outcome yet");
            case Refusal.Streamed(var id) ->
                    new Rendered(
                            409,
                            "streamed",
                            "The values were streamed",
                            "The values of "
                                    + id
                                    + " go to the client that asked for them and are not kept");
            case Refusal.ResultGone(var id) ->
                    new Rendered(
                            410,
                            "result-gone",
                            "The result is gone",
                            "Result " + id + " was deleted, or its time was over");
            case Refusal.QuarantineUnknown(var id) ->
                    new Rendered(
                            404,
                            "quarantine-unknown",
                            "Not in quarantine",
                            "There is nothing with the id " + id + " in quarantine");
            case Refusal.KeyReused(var key) ->
                    new Rendered(
                            422,
                            "key-reused",
                            "The key was used for another request",
                            key + " came before with another request");
            case Refusal.BatchRefused(var problems) ->
                    new Rendered(
                                    400,
                                    "batch-refused",
                                    "The batch was refused",
                                    problems.size() + " of the batch can't be taken, so none is")
                            .with(
                                    "problems",
                                    problems.entrySet().stream()
                                            .map(
                                                    entry ->
                                                            Json.object(
                                                                    "index",
                                                                    entry.getKey(),
                                                                    "problem",
                                                                    render(entry.getValue())
                                                                            .body()))
                                            .toList());
            case Refusal.PreconditionFailed(var current) ->
                    new Rendered(
                            412,
                            "precondition-failed",
                            "It has changed",
                            "The current version is " + current);
            case Refusal.BodyTooLarge(var limit) ->
                    new Rendered(
                                    413,
                                    "body-too-large",
                                    "The body is too large",
                                    "A body may have " + limit + " bytes")
                            .with("limit", limit);
            case Refusal.WrongMediaType(var got, var wanted) ->
                    new Rendered(
                            415,
                            "wrong-media-type",
                            "Wrong content type",
                            "The body must be " + wanted + ", not " + got);
            case Refusal.Internal(var reference) ->
                    new Rendered(
                                    500,
                                    "internal",
                                    "A fault of Procpool",
                                    "The service's log has more under " + reference)
                            .with("reference", reference);
            case Refusal.QueueFull(var pool, var limit, var after) ->
                    new Rendered(
                                    503,
                                    "queue-full",
                                    "The queue is full",
                                    limit + " calls wait in pool " + pool + " already")
                            .with("pool", pool)
                            .with("limit", limit)
                            .retry(after);
            case Refusal.PoolDegraded(var pool, var cause, var after) ->
                    new Rendered(
                                    503,
                                    "pool-degraded",
                                    "The pool can't start workers",
                                    "Pool " + pool + ": " + cause)
                            .with("pool", pool)
                            .with("cause", cause)
                            .retry(after);
            case Refusal.Overloaded(var limit, var after) ->
                    new Rendered(
                                    503,
                                    "overloaded",
                                    "Too much is in flight",
                                    "Bodies in flight may take " + limit + " bytes")
                            .with("limit", limit)
                            .retry(after);
            case Refusal.StoreFailed(var after) ->
                    new Rendered(
                                    503,
                                    "store-failed",
                                    "The store has failed",
                                    "Nothing more can be stored, and the service is about to end;"
                                            + " whether this was is known when it has started again")
                            .retry(after);
            case Refusal.StoreFull(var detail, var after) ->
                    new Rendered(507, "store-full", "The store is full", detail).retry(after);
            case Refusal.Draining(var after) ->
                    new Rendered(
                                    503,
                                    "draining",
                                    "The service is shutting down",
                                    "No new work is taken")
                            .retry(after);
        };
    }

    private static Rendered failure(Failure failure) {
        return switch (failure) {
            case Failure.FunctionRaised(var thrown, var index) ->
                    new Rendered(
                                    FAILED,
                                    "function-raised",
                                    "The function raised",
                                    thrown.type() + ": " + thrown.message())
                            .with("exception", exception(thrown))
                            .with("index", index);
            case Failure.ArgumentsDoNotFit(var detail, var index) ->
                    new Rendered(
                                    FAILED,
                                    "arguments-do-not-fit",
                                    "The arguments do not fit the function",
                                    detail)
                            .with("index", index);
            case Failure.NotSerializable(var detail, var index) ->
                    new Rendered(FAILED, "not-serializable", "The value has no JSON form", detail)
                            .with("index", index);
            case Failure.ResultTooLarge(var limit) ->
                    new Rendered(
                                    FAILED,
                                    "result-too-large",
                                    "The value is too large",
                                    "A result may have " + limit + " bytes")
                            .with("limit", limit);
            case Failure.FunctionUnknown(var func, var cause) ->
                    new Rendered(
                                    404,
                                    "function-unknown",
                                    "No such function",
                                    cause == null
                                            ? "There is no function " + func + " that may be called"
                                            : "There is no function " + func + ": " + cause)
                            .with("func", func)
                            .with("cause", cause);
            case Failure.WorkerLost(var reason, var exitcode, var signal, var tail) ->
                    new Rendered(
                                    FAILED,
                                    "worker-lost",
                                    "The worker died",
                                    lost(reason, exitcode, signal))
                            .with("reason", reason)
                            .with("exitcode", exitcode)
                            .with("signal", signal)
                            .with("output_tail", tail);
            case Failure.Quarantined(var crashes, var reason, var exitcode, var signal, var tail) ->
                    new Rendered(
                                    FAILED,
                                    "quarantined",
                                    "The task is in quarantine",
                                    "It has killed its worker "
                                            + crashes
                                            + " times. "
                                            + lost(reason, exitcode, signal))
                            .with("crashes", crashes)
                            .with("reason", reason)
                            .with("exitcode", exitcode)
                            .with("signal", signal)
                            .with("output_tail", tail);
            case Failure.TimedOut(var limit) ->
                    new Rendered(
                                    FAILED,
                                    "timed-out",
                                    "The task ran too long",
                                    "It was killed after " + seconds(limit) + " s")
                            .with("timeout", seconds(limit));
            case Failure.Cancelled _ ->
                    new Rendered(FAILED, "cancelled", "Cancelled", "The job was cancelled");
            case Failure.Expired(var after) ->
                    new Rendered(
                                    FAILED,
                                    "expired",
                                    "Expired",
                                    "The job had not started within " + seconds(after) + " s")
                            .with("expires_in", seconds(after));
            case Failure.PoolTerminated(var pool) ->
                    new Rendered(
                                    FAILED,
                                    "pool-terminated",
                                    "The pool was terminated",
                                    "Pool "
                                            + pool
                                            + " was terminated before the job had an outcome")
                            .with("pool", pool);
            case Failure.InputRefused(var why) ->
                    new Rendered(FAILED, "input-refused", "The input was refused", why);
            case Failure.InputStalled(var after) ->
                    new Rendered(
                                    FAILED,
                                    "input-stalled",
                                    "The input stalled",
                                    "Nothing came for " + seconds(after) + " s")
                            .with("timeout", seconds(after));
            case Failure.ProtocolError(var detail) ->
                    new Rendered(FAILED, "protocol-error", "The worker broke the protocol", detail);
        };
    }

    private static Map<String, Object> exception(Failure.Thrown thrown) {
        var exception = new LinkedHashMap<String, Object>();
        exception.put("type", thrown.type());
        exception.put("message", thrown.message());
        exception.put("traceback", thrown.traceback());
        return exception;
    }

    private static String lost(
            String reason, @Nullable Integer exitcode, @Nullable Integer signal) {
        var how =
                signal != null
                        ? "was killed by signal " + signal
                        : Objects.nonNull(exitcode) ? "exited with status " + exitcode : "was lost";
        return "The worker " + how + " while it ran the task (" + reason + ")";
    }

    /** Durations are seconds, JSON numbers. */
    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
