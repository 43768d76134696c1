package io.procpool.web;

import io.procpool.job.Jobs;
import io.procpool.job.Receipt;
import io.procpool.job.Request;
import io.procpool.payload.InFlight;
import io.procpool.problem.Refusal.QuarantineUnknown;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/quarantine}: tasks that have killed their workers too often. */
@RestController
@RequestMapping("/v1/quarantine")
final class QuarantineController {
    private static final Set<String> PARAMETERS = Set.of("limit", "cursor");

    private static final byte[] NOTHING = {};

    private final Jobs jobs;
    private final Bodies bodies;

    QuarantineController(Jobs jobs, Bodies bodies) {
        this.jobs = jobs;
        this.bodies = bodies;
    }

    @GetMapping
    void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var parameters = new Parameters(request, PARAMETERS);
        int limit = parameters.limit();
        var found =
                jobs.quarantine(before(parameters), limit + 1); // one more: is there another page?
        var page = found.subList(0, Math.min(limit, found.size()));
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("quarantine", page.stream().map(QuarantineJson::summary).toList());
        json.put("next", null);
        if (found.size() > limit) {
            var cursor = page.getLast().id().toString();
            json.put("next", cursor);
            parameters.linkNext(response, cursor);
        }
        Json.send(response, 200, json);
    }

    private static @Nullable UUID before(Parameters parameters) {
        var cursor = parameters.one("cursor");
        return cursor == null
                ? null
                : Ids.of(cursor)
                        .orElseThrow(
                                () ->
                                        Parameters.bad(
                                                "?cursor= is what a page before gave as next"));
    }

    @GetMapping("/{id}")
    void get(@PathVariable String id, HttpServletResponse response) throws IOException {
        Json.send(response, 200, QuarantineJson.write(jobs.quarantined(uuid(id))));
    }

    @DeleteMapping("/{id}")
    void drop(@PathVariable String id, HttpServletResponse response) {
        jobs.dropQuarantined(uuid(id));
        response.setStatus(204);
    }

    /** Has it run again. There is nothing to say about that, so the body must be empty. */
    @PostMapping("/{id}/release")
    void release(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        IdempotencyKey.check(request);
        var hold = bodies.hold();
        var taken = false;
        try {
            if (bodies.bytes(request, hold).length > 0) {
                throw Parameters.bad("A release has no body");
            }
            var receipt = release(id, IdempotencyKey.of(request, NOTHING), hold);
            taken = !receipt.replayed(); // from now on it is the job's
            Answers.accepted(response, receipt);
        } finally {
            if (!taken) {
                hold.close();
            }
        }
    }

    private Receipt release(String id, @Nullable Request key, InFlight.Hold hold) {
        var before = key == null ? null : jobs.replayed(key).orElse(null);
        if (before != null) {
            return before;
        }
        var task = jobs.quarantined(uuid(id));
        hold.grow(task.submission().size());
        return jobs.release(task, task.submission().withHold(hold), key);
    }

    private static UUID uuid(String id) {
        return Ids.of(id).orElseThrow(() -> new Refused(new QuarantineUnknown(id)));
    }
}
