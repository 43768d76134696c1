package io.procpool.store;

import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How something failed, as a JSON text. The types are those of the API. */
final class FailureJson {
    private FailureJson() {}

    static ObjectNode write(Failure failure) {
        var json = Json.object();
        return switch (failure) {
            case Failure.FunctionRaised(var thrown, var index) ->
                    json.put("type", "function-raised")
                            .put("class", thrown.type())
                            .put("message", thrown.message())
                            .put("traceback", thrown.traceback())
                            .put("index", index);
            case Failure.ArgumentsDoNotFit(var detail, var index) ->
                    json.put("type", "arguments-do-not-fit")
                            .put("detail", detail)
                            .put("index", index);
            case Failure.NotSerializable(var detail, var index) ->
                    json.put("type", "not-serializable").put("detail", detail).put("index", index);
            case Failure.ResultTooLarge(var limit) ->
                    json.put("type", "result-too-large").put("limit", limit);
            case Failure.FunctionUnknown(var func, var cause) ->
                    json.put("type", "function-unknown").put("func", func).put("cause", cause);
            case Failure.WorkerLost(var reason, var exitcode, var signal, var tail) ->
                    exit(json.put("type", "worker-lost"), reason, exitcode, signal, tail);
            case Failure.Quarantined(var crashes, var reason, var exitcode, var signal, var tail) ->
                    exit(
                            json.put("type", "quarantined").put("crashes", crashes),
                            reason,
                            exitcode,
                            signal,
                            tail);
            case Failure.TimedOut(var limit) ->
                    json.put("type", "timed-out").put("limit", limit.toString());
            case Failure.Cancelled() -> json.put("type", "cancelled");
            case Failure.Expired(var after) ->
                    json.put("type", "expired").put("after", after.toString());
            case Failure.PoolTerminated(var pool) ->
                    json.put("type", "pool-terminated").put("pool", pool);
            case Failure.InputRefused(var why) ->
                    json.put("type", "input-refused").put("detail", why);
            case Failure.InputStalled(var after) ->
                    json.put("type", "input-stalled").put("after", after.toString());
            case Failure.ProtocolError(var detail) ->
                    json.put("type", "protocol-error").put("detail", detail);
        };
    }

    private static ObjectNode exit(
            ObjectNode json,
            String reason,
            @Nullable Integer exitcode,
            @Nullable Integer signal,
            String tail) {
        return json.put("reason", reason)
                .put("exitcode", exitcode)
                .put("signal", signal)
                .put("output_tail", tail);
    }

    static Failure read(JsonNode json) {
        var detail = Json.text(json, "detail");
        var index = Json.integerOrNull(json, "index");
        var reason = Json.text(json, "reason");
        var exitcode = Json.integerOrNull(json, "exitcode");
        var signal = Json.integerOrNull(json, "signal");
        var tail = Json.text(json, "output_tail");
        var type = Json.text(json, "type");
        return switch (type) {
            case "function-raised" ->
                    new Failure.FunctionRaised(
                            new Failure.Thrown(
                                    Json.text(json, "class"),
                                    Json.text(json, "message"),
                                    Json.text(json, "traceback")),
                            index);
            case "arguments-do-not-fit" -> new Failure.ArgumentsDoNotFit(detail, index);
            case "not-serializable" -> new Failure.NotSerializable(detail, index);
            case "result-too-large" -> new Failure.ResultTooLarge(Json.number(json, "limit"));
            case "function-unknown" ->
                    new Failure.FunctionUnknown(
                            Json.text(json, "func"), Json.textOrNull(json, "cause"));
            case "worker-lost" -> new Failure.WorkerLost(reason, exitcode, signal, tail);
            case "quarantined" ->
                    new Failure.Quarantined(
                            Json.integer(json, "crashes"), reason, exitcode, signal, tail);
            case "timed-out" -> new Failure.TimedOut(duration(json, "limit"));
            case "cancelled" -> new Failure.Cancelled();
            case "expired" -> new Failure.Expired(duration(json, "after"));
            case "pool-terminated" -> new Failure.PoolTerminated(Json.text(json, "pool"));
            case "input-refused" -> new Failure.InputRefused(detail);
            case "input-stalled" -> new Failure.InputStalled(duration(json, "after"));
            case "protocol-error" -> new Failure.ProtocolError(detail);
            default -> throw new IllegalStateException("The store has a failure " + type);
        };
    }

    private static Duration duration(JsonNode json, String name) {
        return Objects.requireNonNull(Json.duration(json, name));
    }

    static @Nullable String textOrNull(@Nullable Failure failure) {
        return failure == null ? null : Json.text(write(failure));
    }

    static @Nullable Failure readOrNull(@Nullable String text) {
        return text == null ? null : read(Json.read(text));
    }
}
