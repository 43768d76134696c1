package io.procpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.procpool.job.JobRecord;
import io.procpool.job.Verb;
import io.procpool.pool.PoolListener.Ran;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The figures of one function in one pool. Everything that is called for each task is looked up once and kept: a registry's look-up
 * takes longer than the count.
 */
final class FunctionMeters implements AutoCloseable {
    private final Shelf shelf;
    private final Map<String, Counter> submitted;
    private final Map<String, Counter> jobs;
    private final Map<String, Counter> tasks;
    private final Map<String, Timer> runs = new ConcurrentHashMap<>();
    private final Timer waits;
    private final Timer endToEnd;
    private final DistributionSummary cpu;
    private final DistributionSummary peakRss;
    private final Slope growth = new Slope();

    /** @param shelf with the labels of pool and function; it is closed with this */
    FunctionMeters(Shelf shelf) {
        this.shelf = shelf;
        submitted =
                counters(
                        Name.JOBS_SUBMITTED,
                        "verb",
                        Stream.of(Verb.values()).map(Verb::label).toList());
        jobs = counters(Name.JOBS_FINISHED, "outcome", Labels.JOB_OUTCOMES);
        tasks = counters(Name.TASKS_FINISHED, "outcome", Labels.TASK_OUTCOMES);
        waits = shelf.timer(Name.TASK_QUEUE_WAIT);
        endToEnd = shelf.timer(Name.JOB_END_TO_END);
        cpu = shelf.histogram(Name.TASK_CPU, Buckets.seconds());
        peakRss = shelf.histogram(Name.TASK_PEAK_RSS, Buckets.memory());
    }

    private Map<String, Counter> counters(Name name, String label, Collection<String> values) {
        return values.stream()
                .collect(
                        Collectors.toConcurrentMap(
                                Function.identity(), value -> shelf.counter(name, label, value)));
    }

    void submitted(Verb verb) {
        submitted
                .computeIfAbsent(
                        verb.label(), label -> shelf.counter(Name.JOBS_SUBMITTED, "verb", label))
                .increment();
    }

    void finished(JobRecord job, Duration took) {
        jobs.computeIfAbsent(
                        Labels.outcome(job.state()),
                        label -> shelf.counter(Name.JOBS_FINISHED, "outcome", label))
                .increment();
        endToEnd.record(took);
    }

    void started(Duration waited) {
        waits.record(waited);
    }

    void ended(String outcome, Ran ran) {
        tasks.computeIfAbsent(
                        outcome, label -> shelf.counter(Name.TASKS_FINISHED, "outcome", label))
                .increment();
        runs.computeIfAbsent(outcome, label -> shelf.timer(Name.TASK_EXECUTION, "outcome", label))
                .record(ran.took());
        if (Labels.answered(outcome)) {
            cpu.record(ran.run().cpuSeconds());
            peakRss.record((double) ran.run().peakRss());
        }
    }

    /** By how much it makes its worker grow. */
    Slope growth() {
        return growth;
    }

    /** The growth can be shown: it is known by now. */
    void showGrowth() {
        shelf.gauge(Name.WORKER_MEMORY_GROWTH, growth::bytesPerTask);
    }

    @Override
    public void close() {
        shelf.close();
    }
}
