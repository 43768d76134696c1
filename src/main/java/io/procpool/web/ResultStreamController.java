package io.procpool.web;

import io.procpool.job.Jobs;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/results/{id}/stream}: a job's values as they come. */
@RestController
final class ResultStreamController {
    private static final String LAST_EVENT = "Last-Event-ID";

    private final Jobs jobs;
    private final ResultStreams streams;

    ResultStreamController(Jobs jobs, ResultStreams streams) {
        this.jobs = jobs;
        this.streams = streams;
    }

    @GetMapping("/v1/results/{id}/stream")
    void stream(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var uuid = ResultsController.uuid(id);
        var format = StreamFormat.accepted(request, List.of(StreamFormat.NDJSON, StreamFormat.SSE));
        int from = from(request);
        var following = jobs.follow(uuid);
        if (format == StreamFormat.SSE
                && request.getHeader(LAST_EVENT) != null
                && ResultStream.hasAll(jobs.require(uuid), from)) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT); // a browser stops at that
            return;
        }
        if (request.getMethod().equals("HEAD")) {
            StreamHeaders.send(response, format, uuid); // nobody would read what comes
            return;
        }
        streams.send(following, uuid, format, from, response);
    }

    /** How many items the client has. The header wins: a browser that connects again sends it with the address it was given at first. */
    private static int from(HttpServletRequest request) {
        var last = request.getHeader(LAST_EVENT);
        if (last != null && !last.isBlank()) {
            return place(last.strip(), LAST_EVENT);
        }
        var from = request.getParameter("from");
        return from == null ? 0 : place(from, "?from=");
    }

    private static int place(String text, String what) {
        if (!text.matches("\\d{1,9}")) {
            throw new Refused(
                    new BadRequest(
                            what + " is the number of items to leave out, not '" + text + "'"));
        }
        return Integer.parseInt(text);
    }
}
