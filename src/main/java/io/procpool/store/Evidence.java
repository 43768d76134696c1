package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.ItemError;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Progress;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is kept of a job beside its value, as JSON text: attempts, failures, progress, labels. The names are written to disk: they stay as they are. */
final class Evidence {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode json;

    private Evidence(String text) {
        this.json = JSON.readTree(text);
    }

    static Evidence of(String text) {
        return new Evidence(text);
    }

    /** Of a final record. */
    static String of(JobRecord record) {
        var json = JSON.createObjectNode();
        json.set("attempts", array(record.attempts()));
        if (record.progress() != null) {
            json.set("progress", progress(record.progress()));
        }
        switch (record.state()) {
            case JobState.Succeeded(_, _, _, var errors) -> json.set("errors", errors(errors));
            case JobState.Failed(_, _, var problem) -> json.set("failure", Failures.write(problem));
            case JobState.Expired(_, var after) -> json.put("after", after.toNanos());
            case JobState.Cancelled _, JobState.Pending _, JobState.Running _ -> {}
        }
        return json.toString();
    }

    List<Attempt> attempts() {
        return readAttempts(json.path("attempts"));
    }

    @Nullable Progress progress() {
        var progress = json.path("progress");
        return progress.isObject()
                ? new Progress(
                        progress.path("done").asDouble(),
                        progress.path("total").isNumber()
                                ? Double.valueOf(progress.path("total").asDouble())
                                : null,
                        Failures.textOrNull(progress, "note"))
                : null;
    }

    Failure failure() {
        return Failures.read(json.path("failure"));
    }

    List<ItemError> errors() {
        return readErrors(json.path("errors"));
    }

    long after() {
        return json.path("after").asLong();
    }

    private static ObjectNode progress(Progress progress) {
        return JSON.createObjectNode()
                .put("done", progress.done())
                .put("total", progress.total())
                .put("note", progress.note());
    }

    // --- texts of their own

    static String attempts(List<Attempt> attempts) {
        return attempts.isEmpty() ? "[]" : array(attempts).toString();
    }

    static List<Attempt> readAttempts(String text) {
        return text.equals("[]") ? List.of() : readAttempts(JSON.readTree(text));
    }

    static String failure(Failure failure) {
        return Failures.write(failure).toString();
    }

    static Failure readFailure(String text) {
        return Failures.read(JSON.readTree(text));
    }

    static String itemErrors(List<ItemError> errors) {
        return errors(errors).toString();
    }

    static List<ItemError> readItemErrors(String text) {
        return readErrors(JSON.readTree(text));
    }

    static String labels(Map<String, String> labels) {
        var json = JSON.createObjectNode();
        new TreeMap<>(labels).forEach(json::put);
        return json.toString();
    }

    static Map<String, String> readLabels(String text) {
        var labels = new TreeMap<String, String>();
        if (!text.equals("{}")) {
            JSON.readTree(text)
                    .properties()
                    .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
        }
        return labels;
    }

    // --- parts

    private static ArrayNode array(List<Attempt> attempts) {
        var array = JSON.createArrayNode();
        attempts.forEach(attempt -> array.add(write(attempt)));
        return array;
    }

    private static ObjectNode write(Attempt attempt) {
        var json = JSON.createObjectNode();
        json.put("n", attempt.n())
                .put("first_item", attempt.firstItem())
                .put("items", attempt.items())
                .put("pid", attempt.pid())
                .put("generation", attempt.generation())
                .put("started", Session.micros(attempt.started()))
                .put("finished", Session.micros(attempt.finished()))
                .put("exitcode", attempt.exitcode())
                .put("signal", attempt.signal())
                .put("cpu", attempt.cpuSeconds())
                .put("rss", attempt.peakRss())
                .put("tail", attempt.outputTail())
                .put("cut", attempt.outputTruncated());
        if (attempt.problem() != null) {
            json.set("problem", Failures.write(attempt.problem()));
        }
        return json;
    }

    private static List<Attempt> readAttempts(JsonNode array) {
        var attempts = new ArrayList<Attempt>();
        array.forEach(json -> attempts.add(readAttempt(json)));
        return attempts;
    }

    private static Attempt readAttempt(JsonNode json) {
        return new Attempt(
                json.path("n").asInt(),
                json.path("first_item").asLong(),
                json.path("items").asInt(),
                json.path("pid").asLong(),
                json.path("generation").asInt(),
                time(json.path("started").asLong()),
                time(json.path("finished").asLong()),
                Failures.number(json, "exitcode"),
                Failures.number(json, "signal"),
                json.path("cpu").asDouble(),
                json.path("rss").asLong(),
                Failures.text(json, "tail"),
                json.path("cut").asBoolean(),
                json.has("problem") ? Failures.read(json.path("problem")) : null);
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static ArrayNode errors(List<ItemError> errors) {
        var array = JSON.createArrayNode();
        for (var error : errors) {
            var json = JSON.createObjectNode().put("index", error.index());
            json.set("problem", Failures.write(error.problem()));
            array.add(json);
        }
        return array;
    }

    private static List<ItemError> readErrors(JsonNode array) {
        var errors = new ArrayList<ItemError>();
        array.forEach(
                json ->
                        errors.add(
                                new ItemError(
                                        json.path("index").asInt(),
                                        Failures.read(json.path("problem")))));
        return errors;
    }
}
