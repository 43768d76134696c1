package io.procpool.web;

import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Progress;
import io.procpool.job.Verb;
import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The AsyncResult as JSON. */
final class ResultJson {
    private ResultJson() {}

    static Map<String, @Nullable Object> write(JobRecord record) {
        var json = summary(record);
        json.put("attempts", attempts(record.verb(), record.attempts()));
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
        json.put("progress", record.progress() == null ? null : write(record.progress()));
        json.put("labels", new TreeMap<>(record.labels())); // in the same order each time
        if (record.retryOf() != null) {
            json.put("retry_of", record.retryOf().toString());
        }
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

    private static Map<String, @Nullable Object> write(Progress progress) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("done", Json.number(progress.done()));
        json.put("total", progress.total() == null ? null : Json.number(progress.total()));
        json.put("note", progress.note());
        return json;
    }

    static List<Map<String, @Nullable Object>> attempts(Verb verb, List<Attempt> attempts) {
        return attempts.stream().map(attempt -> write(attempt, verb.maps())).toList();
    }

    private static Map<String, @Nullable Object> write(Attempt attempt, boolean ofMap) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("n", attempt.n());
        if (ofMap) {
            json.put("first_item", attempt.firstItem());
            json.put("items", attempt.items());
        }
        json.put(
                "pid",
                attempt.pid() == 0 ? null : attempt.pid()); // it was lost before it was known
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
