package io.procpool.web;

import io.procpool.job.JobState;
import io.procpool.job.JobStore.Label;
import io.procpool.job.JobStore.Query;
import io.procpool.job.Jobs;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/results} without an id: which results there are, newest first, page by page. */
@RestController
final class ListingController {
    private static final Set<String> PARAMETERS =
            Set.of(
                    "pool",
                    "state",
                    "func",
                    "label",
                    "created_after",
                    "created_before",
                    "limit",
                    "cursor");

    private final Jobs jobs;

    ListingController(Jobs jobs) {
        this.jobs = jobs;
    }

    @GetMapping("/v1/results")
    void list(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var parameters = new Parameters(request, PARAMETERS);
        var page = jobs.list(query(parameters));
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("results", page.jobs().stream().map(ResultJson::summary).toList());
        json.put("next", null);
        if (page.next() != null) {
            var cursor = Cursors.text(page.next());
            json.put("next", cursor);
            parameters.linkNext(response, cursor);
        }
        Json.send(response, 200, json);
    }

    private static Query query(Parameters parameters) {
        var state = parameters.one("state");
        if (state != null && !JobState.LABELS.contains(state)) {
            throw Parameters.bad("?state= is one of " + String.join(", ", JobState.LABELS));
        }
        var cursor = parameters.one("cursor");
        return new Query(
                parameters.one("pool"),
                state,
                parameters.one("func"),
                labels(parameters).stream().map(ListingController::label).toList(),
                parameters.time("created_after"),
                parameters.time("created_before"),
                cursor == null ? null : Cursors.of(cursor),
                parameters.limit());
    }

    private static List<String> labels(Parameters parameters) {
        var labels = parameters.all("label");
        if (labels.size() > Labels.MOST) {
            throw Parameters.bad("?label= may be given " + Labels.MOST + " times");
        }
        return labels;
    }

    private static Label label(String text) {
        int equals = text.indexOf('=');
        var name = equals < 0 ? text : text.substring(0, equals);
        if (!Labels.isName(name)) {
            throw Parameters.bad(
                    "?label= is the name of a label, or name=value; names are 1 to 63 letters, digits and _ . - /");
        }
        return new Label(name, equals < 0 ? null : text.substring(equals + 1));
    }
}
