package io.procpool.web;

import io.procpool.job.Jobs;
import io.procpool.job.Submission;
import io.procpool.job.Verb;
import io.procpool.payload.InFlight;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Function;
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

    SubmitController(Jobs jobs, Bodies bodies) {
        this.jobs = jobs;
        this.bodies = bodies;
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
        Answers.accepted(
                response,
                held(pool, verb, request, submission -> jobs.accept(submission, null).record()));
    }

    /** Waits as long as the client wants to; then the job goes on without it and can be asked for. */
    private void wait(
            String pool, Verb verb, HttpServletRequest request, HttpServletResponse response)
            throws IOException, InterruptedException {
        Bodies.requireJson(request);
        var wish = Patience.wish(request);
        var patience = wish.patience().orElse(Patience.ENDLESS);
        if (wish.applied() != null) {
            response.setHeader("Preference-Applied", wish.applied());
        }
        if (patience.isZero()) {
            accept(pool, verb, request, response);
            return;
        }
        var job = held(pool, verb, request, jobs::submit);
        if (!jobs.await(job, patience) && jobs.keep(job)) {
            Answers.accepted(response, job.snapshot());
            return;
        }
        job.awaitReady(Patience.ENDLESS); // its outcome is decided and about to show
        Answers.value(response, job.snapshot());
    }

    private <T> T held(
            String pool, Verb verb, HttpServletRequest request, Function<Submission, T> taking)
            throws IOException {
        var hold = bodies.hold();
        var taken = false;
        try {
            var result = taking.apply(read(pool, verb, request, hold));
            taken = true; // from now on it is the job's
            return result;
        } finally {
            if (!taken) {
                hold.close();
            }
        }
    }

    private Submission read(String pool, Verb verb, HttpServletRequest request, InFlight.Hold hold)
            throws IOException {
        try {
            return SubmissionReader.read(pool, verb, bodies.read(request, hold), hold);
        } catch (Refused refused) {
            jobs.turnedAway(pool, refused);
            throw refused;
        }
    }
}
