package io.procpool.web;

import io.procpool.job.Audience;
import io.procpool.job.ItemStream;
import io.procpool.job.Jobs;
import io.procpool.job.Verb;
import io.procpool.problem.Refused;
import io.procpool.web.SubmissionReader.Address;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/pools/{pool}/imap} and {@code /imap_unordered}: items in, values out, both while it runs. */
@RestController
@RequestMapping("/v1/pools/{pool}")
final class ImapController {
    private final Jobs jobs;
    private final Bodies bodies;
    private final Audience audience;
    private final StreamSettings settings;
    private final SubmissionReader reader;
    private final KeptImap keeping;

    ImapController(
            Jobs jobs,
            Bodies bodies,
            Audience audience,
            StreamSettings settings,
            SubmissionReader reader,
            KeptImap keeping) {
        this.reader = reader;
        this.keeping = keeping;
        this.jobs = jobs;
        this.bodies = bodies;
        this.audience = audience;
        this.settings = settings;
    }

    @PostMapping("/imap")
    void imap(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        answer(pool, Verb.IMAP, request, response);
    }

    @PostMapping("/imap_unordered")
    void imapUnordered(
            @PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        answer(pool, Verb.IMAP_UNORDERED, request, response);
    }

    private void answer(
            String pool, Verb verb, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var lines = Bodies.isLines(request); // before a parameter is asked for
        if (lines) {
            IdempotencyKey.refuseWithLines(request);
        }
        var kept = new Address(pool, verb, true);
        if (Patience.none(request, response)) {
            keeping.accept(kept, lines, request, response);
            return;
        }
        StreamFormat.accepted(request, List.of(StreamFormat.NDJSON));
        if (IdempotencyKey.isIn(request)) {
            keeping.stream(kept, request, response);
            return;
        }
        var to = new Address(pool, verb, false);
        try (var imap = new ImapRequest(bodies, reader, to, request)) {
            stream(read(pool, () -> lines ? imap.lines() : imap.json()), request, response);
        }
    }

    private interface Reading {
        ImapRequest read() throws IOException;
    }

    private ImapRequest read(String pool, Reading reading) throws IOException {
        try {
            return reading.read();
        } catch (Refused refused) {
            jobs.turnedAway(pool, refused);
            throw refused;
        }
    }

    private void stream(ImapRequest imap, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var stream = jobs.open(imap.submission().withoutItems());
        imap.taken();
        if (imap.whole()) {
            stream.prepaid();
        }
        var over = false;
        try {
            exchange(stream, imap, request, response);
            over = true;
        } finally {
            if (!over) {
                stream.abandon();
            }
        }
    }

    private void exchange(
            ItemStream stream,
            ImapRequest imap,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        var connection = Connection.current();
        try (var _ = audience.take(Audience.Kind.NDJSON);
                var _ = connection.streams(settings.writeTimeout())) {
            StreamHeaders.send(response, StreamFormat.NDJSON, stream.job().id());
            var out = new LineOutput(response.getOutputStream());
            var answer = new ImapAnswer(jobs, stream, out, connection, settings);
            new ImapExchange(stream, imap, request.getInputStream(), answer, connection).run();
        }
    }
}
