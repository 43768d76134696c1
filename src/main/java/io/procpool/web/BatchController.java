package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.job.Jobs;
import io.procpool.job.Request;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/batches}: many submissions in one request and one commit. */
@RestController
final class BatchController {
    private static final String ATOMIC = "atomic";

    private final Jobs jobs;
    private final Bodies bodies;
    private final SubmissionReader reader;

    BatchController(Jobs jobs, Bodies bodies, SubmissionReader reader) {
        this.jobs = jobs;
        this.bodies = bodies;
        this.reader = reader;
    }

    @PostMapping("/v1/batches")
    void submit(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean lines = Bodies.isLines(request); // before a parameter is asked for
        if (lines) {
            IdempotencyKey.refuseWithLines(request);
        }
        IdempotencyKey.check(request);
        var parameters = new Parameters(request, Set.of(ATOMIC));
        try (var hold = bodies.hold()) {
            var body = bodies.bytes(request, hold);
            var key = IdempotencyKey.of(request, body);
            var before = key == null ? null : jobs.answered(key).orElse(null);
            if (before != null) {
                send(response, new Batch.Taken(before, true));
                return;
            }
            var read = lines ? BatchBody.lines(body) : BatchBody.json(body, bodies);
            send(response, take(read, atomic(parameters, read), key));
        }
    }

    private Batch.Taken take(BatchBody read, boolean atomic, @Nullable Request key) {
        try (var batch = new Batch(jobs, bodies, reader)) {
            read.entries().forEach(batch::add);
            return batch.take(atomic, key);
        }
    }

    private static boolean atomic(Parameters parameters, BatchBody read) {
        var asked = parameters.flag(ATOMIC);
        if (asked.isPresent() && read.atomic().isPresent() && !asked.equals(read.atomic())) {
            throw Parameters.bad("?atomic= and the field \"atomic\" say different things");
        }
        return asked.or(read::atomic).orElse(false);
    }

    private static void send(HttpServletResponse response, Batch.Taken taken) throws IOException {
        if (taken.replayed()) {
            response.setHeader(IdempotencyKey.REPLAYED, "true");
        }
        Json.send(response, 202, Json.TYPE, taken.answer().getBytes(UTF_8));
    }
}
