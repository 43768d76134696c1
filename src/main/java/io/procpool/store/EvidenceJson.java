package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.ItemError;
import io.procpool.job.Progress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What runs have left behind, as JSON texts. */
final class EvidenceJson {
    private static final String NOTHING = "[]";

    private EvidenceJson() {}

    static String attempts(List<Attempt> attempts) {
        return attempts.isEmpty()
                ? NOTHING
                : Json.text(Json.array(attempts, EvidenceJson::attempt));
    }

    static List<Attempt> attempts(@Nullable String text) {
        return text == null || text.equals(NOTHING)
                ? List.of()
                : List.copyOf(Json.list(Json.read(text), EvidenceJson::attempt));
    }

    private static JsonNode attempt(Attempt attempt) {
        var json =
                Json.object()
                        .put("n", attempt.n())
                        .put("first_item", attempt.firstItem())
                        .put("items", attempt.items())
                        .put("pid", attempt.pid())
                        .put("generation", attempt.generation())
                        .put("started", attempt.started().toString())
                        .put("finished", attempt.finished().toString())
                        .put("exitcode", attempt.exitcode())
                        .put("signal", attempt.signal())
                        .put("cpu_seconds", attempt.cpuSeconds())
                        .put("peak_rss", attempt.peakRss())
                        .put("output_tail", attempt.outputTail())
                        .put("output_truncated", attempt.outputTruncated());
        var problem = attempt.problem();
        if (problem != null) {
            json.set("problem", FailureJson.write(problem));
        }
        return json;
    }

    private static Attempt attempt(JsonNode json) {
        var problem = json.get("problem");
        return new Attempt(
                Json.integer(json, "n"),
                Json.number(json, "first_item"),
                Json.integer(json, "items"),
                Json.number(json, "pid"),
                Json.integer(json, "generation"),
                Objects.requireNonNull(Json.time(json, "started")),
                Objects.requireNonNull(Json.time(json, "finished")),
                Json.integerOrNull(json, "exitcode"),
                Json.integerOrNull(json, "signal"),
                Json.real(json, "cpu_seconds"),
                Json.number(json, "peak_rss"),
                Json.text(json, "output_tail"),
                Json.flag(json, "output_truncated"),
                problem == null ? null : FailureJson.read(problem));
    }

    /** Null: there are none. */
    static @Nullable String errors(List<ItemError> errors) {
        return errors.isEmpty() ? null : Json.text(Json.array(errors, EvidenceJson::error));
    }

    static List<ItemError> errors(@Nullable String text) {
        return text == null ? List.of() : Json.list(Json.read(text), EvidenceJson::error);
    }

    private static JsonNode error(ItemError error) {
        ObjectNode json = Json.object().put("index", error.index());
        json.set("problem", FailureJson.write(error.problem()));
        return json;
    }

    private static ItemError error(JsonNode json) {
        return new ItemError(
                Json.integer(json, "index"),
                FailureJson.read(Objects.requireNonNull(json.get("problem"))));
    }

    static @Nullable String progress(@Nullable Progress progress) {
        return progress == null
                ? null
                : Json.text(
                        Json.object()
                                .put("done", progress.done())
                                .put("total", progress.total())
                                .put("note", progress.note()));
    }

    static @Nullable Progress progress(@Nullable String text) {
        if (text == null) {
            return null;
        }
        var json = Json.read(text);
        return new Progress(
                Json.real(json, "done"),
                Json.realOrNull(json, "total"),
                Json.textOrNull(json, "note"));
    }
}
