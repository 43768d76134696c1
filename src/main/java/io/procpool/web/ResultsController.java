package io.procpool.web;

import io.procpool.job.Audience;
import io.procpool.job.JobRecord;
import io.procpool.job.Jobs;
import io.procpool.problem.Refusal.NotReady;
import io.procpool.problem.Refusal.ResultUnknown;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/results}: the AsyncResult. */
@RestController
@RequestMapping("/v1/results")
final class ResultsController {
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    private final Jobs jobs;
    private final Audience audience;

    ResultsController(Jobs jobs, Audience audience) {
        this.jobs = jobs;
        this.audience = audience;
    }

    /** Long poll: with If-None-Match until the resource differs, else until it is ready. */
    @GetMapping("/{id}")
    void get(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var uuid = uuid(id);
        var wish = Patience.wish(request);
        var patience = Patience.capped(wish.patience().orElse(Duration.ZERO));
        if (wish.applied() != null) {
            response.setHeader("Preference-Applied", wish.applied());
        }
        var known = request.getHeader("If-None-Match");
        var record =
                known == null ? awaitReady(uuid, patience) : awaitChange(uuid, known, patience);
        if (known != null && ETags.matches(known, ETags.of(record.version()))) {
            response.setHeader("ETag", ETags.of(record.version()));
            response.setStatus(304);
        } else {
            Answers.resource(response, 200, record);
        }
    }

    private JobRecord awaitReady(UUID id, Duration patience) throws InterruptedException {
        var record = jobs.require(id);
        if (record.ready() || patience.isZero()) {
            return record;
        }
        try (var _ = audience.take(Audience.Kind.LONG_POLL)) {
            return jobs.awaitReady(id, patience);
        }
    }

    private JobRecord awaitChange(UUID id, String known, Duration patience)
            throws InterruptedException {
        var record = jobs.require(id);
        boolean changed = !ETags.matches(known, ETags.of(record.version()));
        if (record.ready() || changed || patience.isZero()) {
            return record;
        }
        try (var _ = audience.take(Audience.Kind.LONG_POLL)) {
            return jobs.awaitChange(id, record.version(), patience);
        }
    }

    @GetMapping("/{id}/value")
    void value(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var uuid = uuid(id);
        var record = jobs.require(uuid);
        // The values of a stream never come here, so nobody waits for them.
        Answers.value(response, record.streamed() ? record : awaitReady(uuid, timeout(request)));
    }

    @GetMapping("/{id}/ready")
    void ready(@PathVariable String id, HttpServletResponse response) throws IOException {
        Json.send(response, 200, jobs.require(uuid(id)).ready());
    }

    /** ValueError there, 409 here: before it is ready nobody can say. */
    @GetMapping("/{id}/successful")
    void successful(@PathVariable String id, HttpServletResponse response) throws IOException {
        var record = jobs.require(uuid(id));
        if (!record.ready()) {
            throw new Refused(new NotReady(id));
        }
        Json.send(response, 200, record.successful());
    }

    @GetMapping("/{id}/wait")
    void wait(@PathVariable String id, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        Json.send(response, 200, awaitReady(uuid(id), timeout(request)).ready());
    }

    @PostMapping("/{id}/cancel")
    void cancel(@PathVariable String id, HttpServletResponse response) throws IOException {
        Answers.resource(response, 202, jobs.cancel(uuid(id)));
    }

    @DeleteMapping("/{id}")
    void forget(@PathVariable String id, HttpServletResponse response) {
        jobs.forget(uuid(id));
        response.setStatus(204);
    }

    private static Duration timeout(HttpServletRequest request) {
        return Patience.capped(Patience.parameter(request, "timeout").orElse(DEFAULT_WAIT));
    }

    /** What is no UUID is no result either. */
    static UUID uuid(String id) {
        return Ids.of(id).orElseThrow(() -> new Refused(new ResultUnknown(id)));
    }
}
