package io.procpool.web;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The AsyncResult as JSON. */
final class ResultJson {
    private ResultJson() {}

    static Map<String, @Nullable Object> write(JobRecord record) {
        var json = summary(record);
        json.put(
                "attempts",
                record.attempts().stream().map(attempt -> write(attempt, record)).toList());
        return json;
    }

    /** What a listing shows: everything but the attempts. */
    static Map<String, @Nullable Object> summary(JobRecord record) {
        var state = record.state();
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("id", record.id().toString());
        json.put("pool", record.pool());
        json.put("verb", record.verb().label());
        json.put("func", record.func());
        json.put("state", state.label());
        json.put("ready", record.ready());
        json.put("successful", record.ready() ? record.successful() : null);
        json.put("items", record.items());
        json.put("done", record.done());
        problem(record).ifPresent(problem -> json.put("problem", write(problem)));
        json.put("created", Json.time(record.created()));
        json.put("started", timeOrNull(JobState.started(state)));
        json.put(
                "finished", state instanceof JobState.Final end ? Json.time(end.finished()) : null);
        json.put("progress", null);
        json.put("labels", Map.of());
        var self = path(record);
        json.put("links", links(self, record));
        return json;
    }

    /** Of a stream whose values have gone to who sent it there is nothing to fetch. */
    private static Map<String, Object> links(String self, JobRecord record) {
        return record.streamed()
                ? Json.object("self", self, "cancel", self + "/cancel")
                : Json.object(
                        "self", self,
                        "value", self + "/value",
                        "stream", self + "/stream",
                        "cancel", self + "/cancel");
    }

    static String path(JobRecord record) {
        return "/v1/results/" + record.id();
    }

    /** How the job failed, if it is final and has. */
    static Optional<Failure> problem(JobRecord record) {
        return record.state().failure();
    }

    static Map<String, Object> write(Failure problem) {
        return Problems.outcome(problem).body();
    }

    private static Map<String, @Nullable Object> write(Attempt attempt, JobRecord record) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("n", attempt.n());
        if (record.verb().maps()) {
            json.put("first_item", attempt.firstItem());
            json.put("items", attempt.items());
        }
        json.put("pid", attempt.pid());
        json.put("generation", attempt.generation());
        json.put("started", Json.time(attempt.started()));
        json.put("finished", Json.time(attempt.finished()));
        json.put("exitcode", attempt.exitcode());
        json.put("signal", attempt.signal());
        json.put("cpu_seconds", attempt.cpuSeconds());
        json.put("peak_rss", attempt.peakRss());
        json.put("output_tail", attempt.outputTail());
        json.put("output_truncated", attempt.outputTruncated());
        json.put("problem", attempt.problem() == null ? null : write(attempt.problem()));
        return json;
    }

    /** With {@code errors: collect}, what stands beside the values. */
    static List<Map<String, Object>> errors(JobState.Succeeded succeeded) {
        return succeeded.errors().stream()
                .map(
                        error ->
                                Json.object(
                                        "index", error.index(), "problem", write(error.problem())))
                .toList();
    }

    private static @Nullable String timeOrNull(@Nullable Instant instant) {
        return instant == null ? null : Json.time(instant);
    }
}
