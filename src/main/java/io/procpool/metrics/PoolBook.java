package io.procpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.procpool.job.Attempt;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.pool.Outcome;
import io.procpool.pool.Pool;
import io.procpool.pool.PoolListener.Exited;
import io.procpool.pool.PoolListener.Ran;
import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.runtime.ProcessMemory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All figures of one pool, from its begin until it is forgotten. */
final class PoolBook implements AutoCloseable {
    private static final String TOO_LATE = "too_late";
    private static final String NOT_BEGUN = "not_begun";
    private static final String SOFT = "soft_ok";
    private static final String HARD = "hard_kill";
    private static final int SIGKILL = 9;

    private final Shelf shelf;
    private final Functions functions;
    private final WorkerMeters workers;
    private final MemoryGrowth growth =
            new MemoryGrowth(ProcessMemory::anonymousBytes, System::nanoTime);
    private final Map<String, Counter> rejected;
    private final Map<String, Counter> cancelRequests;
    private final Map<String, Timer> cancels;
    private final Counter stalledStreams;
    private final DistributionSummary sent;
    private final DistributionSummary received;

    PoolBook(Pool pool, MeterRegistry registry) {
        shelf = new Shelf(registry, Tags.of("pool", pool.name()));
        PoolGauges.show(pool, shelf);
        new WorkerMemory(pool).show(shelf);
        workers = new WorkerMeters(shelf);
        functions = new Functions(pool::knows, shelf, System::nanoTime);
        rejected =
                each(Labels.REASONS, reason -> shelf.counter(Name.JOBS_REJECTED, "reason", reason));
        cancelRequests =
                each(
                        List.of(TOO_LATE, NOT_BEGUN, SOFT, HARD),
                        result -> shelf.counter(Name.CANCEL_REQUESTS, "result", result));
        cancels =
                each(
                        List.of(NOT_BEGUN, SOFT, HARD),
                        result -> shelf.timer(Name.CANCEL, "result", result));
        stalledStreams = shelf.counter(Name.STREAMS_STALLED);
        sent = shelf.histogram(Name.PAYLOAD, Buckets.bodies(), "direction", "in");
        received = shelf.histogram(Name.PAYLOAD, Buckets.bodies(), "direction", "out");
    }

    private static <M> Map<String, M> each(List<String> values, Function<String, M> meter) {
        return values.stream().collect(Collectors.toMap(Function.identity(), meter));
    }

    private static <M> M of(Map<String, M> meters, String value) {
        return Objects.requireNonNull(meters.get(value));
    }

    FunctionMeters function(String name) {
        return functions.of(name);
    }

    WorkerMeters workers() {
        return workers;
    }

    void ran(Ran ran) {
        var outcome = ran.outcome().label();
        var function = functions.of(ran.func());
        function.ended(outcome, ran);
        sent.record((double) ran.sent());
        if (ran.outcome() instanceof Outcome.Returned(var value, _)) {
            received.record(value.size());
        }
        workers.ran(outcome, ran.run());
        if (Labels.answered(outcome)) {
            growth.ran(ran.run().pid(), function);
        }
    }

    void exited(Exited exited) {
        workers.exited(exited);
        growth.gone(exited.pid());
    }

    void rejected(Problem why) {
        of(rejected, Labels.reason(why)).increment();
    }

    void streamStalled() {
        stalledStreams.increment();
    }

    void cancelledTooLate() {
        of(cancelRequests, TOO_LATE).increment();
    }

    /** A job that a client wanted to be cancelled has its outcome, that one or another. */
    void cancelled(JobRecord job, Duration took) {
        var result = job.state() instanceof JobState.Cancelled ? how(job) : TOO_LATE;
        of(cancelRequests, result).increment();
        if (!result.equals(TOO_LATE)) {
            of(cancels, result).record(took);
        }
    }

    private static String how(JobRecord job) {
        var ended =
                job.attempts().stream()
                        .filter(attempt -> attempt.problem() instanceof Failure.Cancelled)
                        .toList();
        if (ended.isEmpty()) {
            return NOT_BEGUN;
        }
        return ended.stream().anyMatch(PoolBook::wasKilled) ? HARD : SOFT;
    }

    private static boolean wasKilled(Attempt attempt) {
        return Objects.equals(attempt.signal(), SIGKILL);
    }

    /** Its meters go with it, and what its last workers do is not counted any more. */
    @Override
    public void close() {
        functions.close();
        shelf.close();
    }
}
