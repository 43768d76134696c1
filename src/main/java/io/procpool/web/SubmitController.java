package io.procpool.web;

import io.procpool.job.Job;
import io.procpool.job.Jobs;
import io.procpool.job.Receipt;
import io.procpool.job.Submission;
import io.procpool.job.Verb;
import io.procpool.payload.InFlight;
import io.procpool.problem.Refused;
import io.procpool.web.SubmissionReader.Address;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/pools/{pool}/apply} and its kin: the verbs of multiprocessing.Pool. */
@RestController
@RequestMapping("/v1/pools/{pool}")
final class SubmitController {
    private final Jobs jobs;
    private final Bodies bodies;
    private final SubmissionReader reader;
    private final Acceptance acceptance;

    SubmitController(Jobs jobs, Bodies bodies, SubmissionReader reader, Acceptance acceptance) {
        this.jobs = jobs;
        this.bodies = bodies;
        this.reader = reader;
        this.acceptance = acceptance;
    }

    @PostMapping("/apply")
    void apply(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        wait(pool, Verb.APPLY, request, response);
    }

    @PostMapping("/map")
    void map(@PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        wait(pool, Verb.MAP, request, response);
    }

    @PostMapping("/starmap")
    void starmap(
            @PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        wait(pool, Verb.STARMAP, request, response);
    }

    @PostMapping("/apply_async")
    void applyAsync(
            @PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        accept(pool, Verb.APPLY, request, response);
    }

    @PostMapping("/map_async")
    void mapAsync(
            @PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        accept(pool, Verb.MAP, request, response);
    }

    @PostMapping("/starmap_async")
    void starmapAsync(
            @PathVariable String pool, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        accept(pool, Verb.STARMAP, request, response);
    }

    private void accept(
            String pool, Verb verb, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Bodies.requireJson(request);
        Answers.accepted(response, keep(pool, verb, request));
    }

    /** Waits as long as the client wants to; then the job goes on without it and can be asked for. */
    private void wait(
            String pool, Verb verb, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        Bodies.requireJson(request);
        var wish = Patience.wish(request);
        var patience = wish.patience().orElse(Patience.ENDLESS);
        if (patience.isZero()) {
            applied(wish, response);
            Answers.accepted(response, keep(pool, verb, request));
        } else if (IdempotencyKey.isIn(request)) {
            applied(wish, response);
            waitForKept(keep(pool, verb, request), patience, response);
        } else {
            var job = submit(pool, verb, request);
            applied(wish, response);
            wait(job, patience, response);
        }
    }

    private static void applied(Patience.Wish wish, HttpServletResponse response) {
        if (wish.applied() != null) {
            response.setHeader("Preference-Applied", wish.applied());
        }
    }

    private Receipt keep(String pool, Verb verb, HttpServletRequest request) throws IOException {
        var to = new Address(pool, verb, true);
        return acceptance.accept(
                pool, request, (body, hold) -> reader.read(to, bodies.object(body), hold));
    }

    /** The job is one that the client can ask for again, by its key: so it is, whatever becomes of this request. */
    private void waitForKept(Receipt receipt, Duration patience, HttpServletResponse response)
            throws IOException, InterruptedException {
        Answers.replayed(response, receipt);
        Answers.value(response, acceptance.await(receipt.record(), patience));
    }

    private void wait(Job job, Duration patience, HttpServletResponse response)
            throws IOException, InterruptedException {
        if (!jobs.await(job, patience) && jobs.keep(job)) {
            Answers.accepted(response, job.snapshot());
            return;
        }
        job.awaitReady(Patience.ENDLESS); // its outcome is decided and about to show
        Answers.value(response, job.snapshot());
    }

    private Job submit(String pool, Verb verb, HttpServletRequest request) throws IOException {
        var hold = bodies.hold();
        var taken = false;
        try {
            var job = jobs.submit(read(new Address(pool, verb, false), request, hold));
            taken = true; // from now on it is the job's
            return job;
        } finally {
            if (!taken) {
                hold.close();
            }
        }
    }

    private Submission read(Address to, HttpServletRequest request, InFlight.Hold hold)
            throws IOException {
        try {
            return reader.read(to, bodies.read(request, hold), hold);
        } catch (Refused refused) {
            jobs.turnedAway(to.pool(), refused);
            throw refused;
        }
    }
}
