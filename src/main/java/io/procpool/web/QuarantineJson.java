package io.procpool.web;

import io.procpool.job.Quarantined;
import io.procpool.problem.Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A task in quarantine as JSON. */
final class QuarantineJson {
    private QuarantineJson() {}

    static Map<String, @Nullable Object> write(Quarantined task) {
        var json = summary(task);
        json.put("attempts", ResultJson.attempts(task.submission().verb(), task.attempts()));
        return json;
    }

    /** What a listing shows: everything but the attempts. */
    static Map<String, @Nullable Object> summary(Quarantined task) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("id", task.id().toString());
        json.put("job", task.job().toString());
        json.put("pool", task.submission().pool());
        json.put("func", task.submission().func());
        json.put("verb", task.submission().verb().label());
        json.put("labels", new TreeMap<>(task.submission().terms().labels()));
        json.put("first_item", task.firstItem());
        json.put("items", task.items());
        json.put("at", Json.time(task.at()));
        json.put("problem", problem(task));
        var self = "/v1/quarantine/" + task.id();
        json.put(
                "links",
                Json.object(
                        "self",
                        self,
                        "release",
                        self + "/release",
                        "job",
                        "/v1/results/" + task.job()));
        return json;
    }

    /** How its last run ended. */
    private static @Nullable Object problem(Quarantined task) {
        return task.attempts().reversed().stream()
                .map(attempt -> attempt.problem())
                .filter(Objects::nonNull)
                .findFirst()
                .map(Failure::withoutOutput)
                .map(ResultJson::write)
                .orElse(null);
    }
}
