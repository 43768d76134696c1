package io.procpool.store;

import io.procpool.problem.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Failures as JSON. The names are written to disk: they stay as they are. */
final class Failures {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Failures() {}

    static ObjectNode write(Failure failure) {
        var json = NODES.objectNode();
        switch (failure) {
            case Failure.FunctionRaised(var thrown, var index) ->
                    json.put("type", "function-raised")
                            .put("exception", thrown.type())
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
                    json.put("type", "worker-lost")
                            .put("reason", reason)
                            .put("exitcode", exitcode)
                            .put("signal", signal)
                            .put("tail", tail);
            case Failure.Quarantined(var crashes, var reason, var exitcode, var signal, var tail) ->
                    json.put("type", "quarantined")
                            .put("crashes", crashes)
                            .put("reason", reason)
                            .put("exitcode", exitcode)
                            .put("signal", signal)
                            .put("tail", tail);
            case Failure.TimedOut(var limit) ->
                    json.put("type", "timed-out").put("nanos", limit.toNanos());
            case Failure.Cancelled _ -> json.put("type", "cancelled");
            case Failure.Expired(var after) ->
                    json.put("type", "expired").put("nanos", after.toNanos());
            case Failure.PoolTerminated(var pool) ->
                    json.put("type", "pool-terminated").put("pool", pool);
            case Failure.InputRefused(var why) ->
                    json.put("type", "input-refused").put("detail", why);
            case Failure.InputStalled(var after) ->
                    json.put("type", "input-stalled").put("nanos", after.toNanos());
            case Failure.ProtocolError(var detail) ->
                    json.put("type", "protocol-error").put("detail", detail);
        }
        return json;
    }

    static Failure read(JsonNode json) {
        var type = json.path("type").asString();
        return switch (type) {
            case "function-raised" ->
                    new Failure.FunctionRaised(
                            new Failure.Thrown(
                                    text(json, "exception"),
                                    text(json, "message"),
                                    text(json, "traceback")),
                            number(json, "index"));
            case "arguments-do-not-fit" ->
                    new Failure.ArgumentsDoNotFit(text(json, "detail"), number(json, "index"));
            case "not-serializable" ->
                    new Failure.NotSerializable(text(json, "detail"), number(json, "index"));
            case "result-too-large" -> new Failure.ResultTooLarge(json.path("limit").asLong());
            case "function-unknown" ->
                    new Failure.FunctionUnknown(text(json, "func"), textOrNull(json, "cause"));
            case "worker-lost" ->
                    new Failure.WorkerLost(
                            text(json, "reason"),
                            number(json, "exitcode"),
                            number(json, "signal"),
                            text(json, "tail"));
            case "quarantined" ->
                    new Failure.Quarantined(
                            json.path("crashes").asInt(),
                            text(json, "reason"),
                            number(json, "exitcode"),
                            number(json, "signal"),
                            text(json, "tail"));
            case "timed-out" -> new Failure.TimedOut(duration(json));
            case "cancelled" -> new Failure.Cancelled();
            case "expired" -> new Failure.Expired(duration(json));
            case "pool-terminated" -> new Failure.PoolTerminated(text(json, "pool"));
            case "input-refused" -> new Failure.InputRefused(text(json, "detail"));
            case "input-stalled" -> new Failure.InputStalled(duration(json));
            case "protocol-error" -> new Failure.ProtocolError(text(json, "detail"));
            default -> throw new IllegalStateException("the store has a failure '" + type + "'");
        };
    }

    private static Duration duration(JsonNode json) {
        return Duration.ofNanos(json.path("nanos").asLong());
    }

    static String text(JsonNode json, String name) {
        return json.path(name).asString();
    }

    static @Nullable String textOrNull(JsonNode json, String name) {
        return json.path(name).isString() ? text(json, name) : null;
    }

    static @Nullable Integer number(JsonNode json, String name) {
        return json.path(name).isNumber() ? Integer.valueOf(json.path(name).asInt()) : null;
    }
}
