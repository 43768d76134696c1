package io.procpool.durability;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Dump.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the service says it has, by its API. */
final class ApiDump {
    private static final Duration LONGEST_WALK = Duration.ofMinutes(2); // a ceiling
    private static final String PROBLEM = "urn:procpool:problem:";
    private static final Pattern GAUGE =
            Pattern.compile(
                    "^procpool_store_jobs\\{(?:.*,)?state=\"(\\w+)\".*} (\\S+)", Pattern.MULTILINE);

    private final Caller caller;

    ApiDump(Caller caller) {
        this.caller = caller;
    }

    List<Listed> jobs() {
        return walk("results").stream().map(entry -> job(entry.get("id").asString())).toList();
    }

    /** What all pages of a listing have. */
    private List<JsonNode> walk(String listing) {
        long deadline = System.nanoTime() + LONGEST_WALK.toNanos();
        var all = new ArrayList<JsonNode>();
        var next = "";
        while (next != null) {
            var page = json("/v1/" + listing + "?limit=200" + next);
            page.get(listing).forEach(all::add);
            var cursor = page.path("next").asString(null);
            next = cursor == null ? null : "&cursor=" + cursor;
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no end of " + listing + " after " + all.size());
            }
        }
        return all;
    }

    private Listed job(String id) {
        var answer = answer("/v1/results/" + id);
        var job = answer.json();
        var state = job.get("state").asString();
        return new Listed(
                id,
                job.path("labels").path("tag").asString(""),
                job.get("pool").asString(),
                state,
                answer.version(),
                job.get("attempts").valueStream().map(ApiDump::run).toList(),
                type(job.path("problem")),
                state.equals("succeeded") ? value(id) : null,
                job.path("retry_of").asString(null));
    }

    private String value(String id) {
        return Text.kept(answer("/v1/results/" + id + "/value").body());
    }

    private static Run run(JsonNode attempt) {
        var problem = attempt.path("problem");
        return new Run(
                attempt.get("n").asInt(),
                attempt.path("first_item").asLong(0),
                attempt.path("pid").asLong(0),
                type(problem),
                problem.path("reason").asString(null));
    }

    private static @Nullable String type(JsonNode problem) {
        var type = problem.path("type").asString(null);
        return type == null ? null : type.replace(PROBLEM, "");
    }

    Map<String, Long> metrics() {
        var counts = new HashMap<String, Long>();
        var sample = GAUGE.matcher(answer("/actuator/prometheus").body());
        while (sample.find()) {
            counts.merge(sample.group(1), (long) Double.parseDouble(sample.group(2)), Long::sum);
        }
        return counts;
    }

    /** The ids of the jobs whose tasks are in quarantine. */
    List<String> quarantine() {
        return walk("quarantine").stream().map(task -> task.get("job").asString()).toList();
    }

    private JsonNode json(String path) {
        return answer(path).json();
    }

    private Caller.Answer answer(String path) {
        var answer = caller.get(path);
        if (answer.status() != 200) {
            throw new AssertionError(
                    path + " is answered with " + answer.status() + " " + answer.body());
        }
        return answer;
    }
}
