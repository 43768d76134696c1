package io.procpool.web;

import io.procpool.job.BatchReceipt;
import io.procpool.job.Jobs;
import io.procpool.job.Request;
import io.procpool.job.Submission;
import io.procpool.payload.Payload;
import io.procpool.payload.SlicedObject;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.BatchRefused;
import io.procpool.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One batch on its way into the store. Each of its submissions has memory of its own, so that each job can give back its own. For one thread; to be closed. */
final class Batch implements AutoCloseable {
    private static final int FAULT = 500;

    private final Jobs jobs;
    private final Bodies bodies;
    private final SubmissionReader reader;
    private final SortedMap<Integer, Submission> good = new TreeMap<>();
    private final SortedMap<Integer, Problem> bad = new TreeMap<>();
    private int size;
    private boolean taken;

    Batch(Jobs jobs, Bodies bodies, SubmissionReader reader) {
        this.jobs = jobs;
        this.bodies = bodies;
        this.reader = reader;
    }

    /**
     * Looks at the next submission. What is wrong with it is noted.
     *
     * @throws Refused for what would be wrong with any of them: no memory, shutting down
     */
    void add(Payload entry) {
        var hold = bodies.hold();
        var added = false;
        try {
            hold.grow(entry.size());
            var submission = reader.addressed(object(entry), hold);
            jobs.check(submission);
            good.put(size, submission);
            added = true;
        } catch (Refused refused) {
            note(size, refused);
        } finally {
            size++;
            if (!added) {
                hold.close();
            }
        }
    }

    private void note(int place, Refused refused) {
        if (Problems.render(refused.problem()).status() >= FAULT) {
            throw refused;
        }
        bad.put(place, refused.problem());
    }

    /** A copy: a small submission must not keep all of the body in memory. */
    private SlicedObject object(Payload entry) {
        try {
            return bodies.object(entry.toByteArray());
        } catch (Refused refused) {
            throw refused.problem() instanceof BadRequest(var detail)
                    ? new Refused(new BadRequest(detail.replaceFirst("^The body", "It")))
                    : refused;
        }
    }

    /**
     * Takes in what is good, in one commit.
     *
     * @param atomic all or none
     * @param request null: it will not be sent again
     * @throws Refused if nothing is taken
     */
    Taken take(boolean atomic, @Nullable Request request) {
        if (atomic && !bad.isEmpty()) {
            throw new Refused(new BatchRefused(bad));
        }
        try {
            return take(request);
        } catch (Refused refused) {
            if (atomic || !sortOut()) {
                throw refused;
            }
            return take(request);
        }
    }

    /** Returns whether some of what was good is not any more: its pool was closed meanwhile. */
    private boolean sortOut() {
        int before = good.size();
        for (var entry : List.copyOf(good.entrySet())) {
            try {
                jobs.check(entry.getValue());
            } catch (Refused refused) {
                note(entry.getKey(), refused);
                good.remove(entry.getKey());
                entry.getValue().hold().close();
            }
        }
        return good.size() < before;
    }

    private Taken take(@Nullable Request request) {
        return switch (jobs.acceptAll(List.copyOf(good.values()), request, this::answer)) {
            case BatchReceipt.Taken(var ids) -> {
                taken = true;
                yield new Taken(answer(ids), false);
            }
            case BatchReceipt.Replayed(var answer) -> new Taken(answer, true);
        };
    }

    /**
     * How it went.
     *
     * @param replayed whether the answer is the one that was given when the request came first
     */
    record Taken(String answer, boolean replayed) {}

    private String answer(List<UUID> ids) {
        var results = new ArrayList<Map<String, Object>>();
        var next = ids.iterator();
        for (int place = 0; place < size; place++) {
            var problem = Optional.ofNullable(bad.get(place));
            results.add(
                    problem.map(why -> Json.object("problem", Problems.render(why).body()))
                            .orElseGet(() -> Json.object("id", next.next().toString())));
        }
        return new String(Json.bytes(Json.object("results", results)), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (!taken) {
            good.values().forEach(submission -> submission.hold().close());
        }
    }
}
