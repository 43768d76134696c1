package io.procpool.web;

import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Jobs;
import io.procpool.job.Receipt;
import io.procpool.job.Submission;
import io.procpool.payload.InFlight;
import io.procpool.pool.Pool;
import io.procpool.pool.Pools;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Takes single submissions in for good, each once however often it is sent. */
@Component
final class Acceptance {
    private final Jobs jobs;
    private final Bodies bodies;
    private final Pools pools;

    Acceptance(Jobs jobs, Bodies bodies, Pools pools) {
        this.jobs = jobs;
        this.bodies = bodies;
        this.pools = pools;
    }

    /** Makes a submission of a body. */
    interface Reading {
        Submission of(byte[] body, InFlight.Hold hold);
    }

    /** Makes a job of a body, which has the hold from then on, unless the job was there before. */
    private interface Taking {
        Receipt of(byte[] body, InFlight.Hold hold);
    }

    /** Takes in what a request has in its body. A repeat is answered before its body is looked into: the pool may be gone. */
    Receipt accept(String pool, HttpServletRequest request, Reading reading) throws IOException {
        IdempotencyKey.check(request);
        return whole(
                request,
                (body, hold) -> {
                    var key = IdempotencyKey.of(request, body);
                    var before = key == null ? null : jobs.replayed(key).orElse(null);
                    return before != null
                            ? before
                            : jobs.accept(read(pool, reading, body, hold), key);
                });
    }

    /** The same with an id that the client has chosen, which does what a key does. */
    Receipt put(UUID id, HttpServletRequest request, Reading reading) throws IOException {
        IdempotencyKey.refuse(request);
        return whole(
                request,
                (body, hold) ->
                        jobs.put(
                                id,
                                reading.of(body, hold),
                                IdempotencyKey.fingerprint("PUT", id.toString(), "", body)));
    }

    private Receipt whole(HttpServletRequest request, Taking taking) throws IOException {
        var hold = bodies.hold();
        var taken = false;
        try {
            var receipt = taking.of(bodies.bytes(request, hold), hold);
            taken = !receipt.replayed(); // from now on it is the job's
            return receipt;
        } finally {
            if (!taken) {
                hold.close();
            }
        }
    }

    private Submission read(String pool, Reading reading, byte[] body, InFlight.Hold hold) {
        try {
            return reading.of(body, hold);
        } catch (Refused refused) {
            jobs.turnedAway(pool, refused);
            throw refused;
        }
    }

    /**
     * Waits for an accepted job that a request is held open for. Gives up, though not with the job, if that has not begun and its pool is in trouble for as long as a
     * worker may take to start: nobody knows when that will be over.
     */
    JobRecord await(JobRecord job, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            var pool = pools.find(job.pool());
            var round = pool.map(found -> found.spec().startTimeout()).orElse(left);
            var wait = left.compareTo(round) < 0 ? left : round;
            var now = jobs.awaitReady(job.id(), wait);
            boolean stuck =
                    now.state() instanceof JobState.Pending
                            && pool.flatMap(Pool::trouble).isPresent();
            // When the service ends nobody waits: the job goes on in the next one.
            if (now.ready() || wait.equals(left) || stuck || jobs.suspended()) {
                return now;
            }
        }
    }
}
