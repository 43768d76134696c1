package io.procpool.web;

import io.procpool.job.Jobs;
import io.procpool.job.Receipt;
import io.procpool.job.Submission;
import io.procpool.payload.InFlight;
import io.procpool.web.SubmissionReader.Address;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;

/** An imap whose body is read whole and which is accepted for good: its values can be fetched later, or again. */
@Component
final class KeptImap {
    private final Jobs jobs;
    private final Bodies bodies;
    private final SubmissionReader reader;
    private final Acceptance acceptance;
    private final ResultStreams streams;

    KeptImap(
            Jobs jobs,
            Bodies bodies,
            SubmissionReader reader,
            Acceptance acceptance,
            ResultStreams streams) {
        this.jobs = jobs;
        this.bodies = bodies;
        this.reader = reader;
        this.acceptance = acceptance;
        this.streams = streams;
    }

    /** Answers at once. */
    void accept(Address to, boolean lines, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Answers.accepted(response, keep(to, lines, request));
    }

    /** Answers with the values as they come, from the first on, also if the request has come before. */
    void stream(Address to, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        var receipt = keep(to, false, request);
        Answers.replayed(response, receipt);
        var id = receipt.record().id();
        streams.send(jobs.follow(id), id, response);
    }

    private Receipt keep(Address to, boolean lines, HttpServletRequest request) throws IOException {
        return acceptance.accept(
                to.pool(), request, (body, hold) -> submission(to, lines, body, hold));
    }

    private Submission submission(Address to, boolean lines, byte[] body, InFlight.Hold hold) {
        if (!lines) {
            return reader.read(to, bodies.object(body), hold);
        }
        var read = bodies.lines(body);
        return reader.head(to, read.head(), read.items(), hold);
    }
}
