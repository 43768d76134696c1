package io.procpool.metrics;

import org.jspecify.annotations.Nullable;

/**
 * All meters of Procpool, by their names in Micrometer: Prometheus writes {@code _} for the dots and appends the unit, and
 * {@code _total} to counters. {@code docs/metrics.md} is their list for users.
 */
enum Name {
    // --- gauges of a pool
    POOL_STATE("procpool.pool.state", "1 for the state that the pool is in"),
    POOL_DEGRADED("procpool.pool.degraded", "1 if no worker could be started at the last try"),
    WORKERS("procpool.workers", "Workers by state"),
    WORKERS_CONFIGURED("procpool.workers.configured", "The workers that the pool is to have"),
    QUEUE_JOBS("procpool.queue.jobs", "Jobs with tasks that wait for a worker"),
    QUEUE_CALLS("procpool.queue.calls", "Sync calls that have not begun; the capacity is theirs"),
    QUEUE_CAPACITY("procpool.queue.capacity", "The pool's queue_limit"),
    QUEUE_OLDEST_AGE(
            "procpool.queue.oldest.age",
            "seconds",
            "How long the oldest job that has not begun has waited"),

    // --- jobs
    JOBS_SUBMITTED("procpool.jobs.submitted", "Jobs taken in"),
    JOBS_REJECTED("procpool.jobs.rejected", "Submissions that were turned away, by the reason"),
    JOBS_FINISHED("procpool.jobs.finished", "Jobs that have their outcome"),
    JOB_END_TO_END(
            "procpool.job.end.to.end", "From the acceptance of a job until its result shows"),
    CANCEL_REQUESTS("procpool.cancel.requests", "Jobs that clients have cancelled, by the result"),
    STREAMS_STALLED("procpool.streams.stalled", "Streams ended because nobody read them"),
    CANCEL("procpool.cancel", "From the wish to cancel a job until it was cancelled"),

    // --- tasks
    TASKS_FINISHED("procpool.tasks.finished", "Tasks that have ended in a worker"),
    TASK_QUEUE_WAIT(
            "procpool.task.queue.wait", "From the acceptance of a job to the begin of a task"),
    TASK_EXECUTION("procpool.task.execution", "From the begin of a task to its outcome"),
    TASK_CPU("procpool.task.cpu", "seconds", "CPU time of a task"),
    TASK_PEAK_RSS("procpool.task.peak.rss", "bytes", "The most memory its worker has ever had"),
    PAYLOAD("procpool.payload", "bytes", "Arguments sent to workers, values that came back"),

    // --- workers
    WORKER_STARTS("procpool.worker.starts", "Workers that could serve, by how they were started"),
    WORKER_START("procpool.worker.start", "From the wish for a worker until it can serve"),
    WORKER_START_FAILURES("procpool.worker.start.failures", "Starts of workers that failed"),
    WORKER_START_BREAKER_OPEN(
            "procpool.worker.start.breaker.open", "1 while no start is tried after failed ones"),
    WORKER_INIT("procpool.worker.init", "How long initializers take"),
    WORKER_INIT_FAILURES("procpool.worker.init.failures", "Initializers that failed"),
    WORKER_EXITS("procpool.worker.exits", "Workers that ended, by the reason"),
    WORKER_LIFETIME("procpool.worker.lifetime", "seconds", "The age of workers at their end"),
    WORKER_LIFETIME_TASKS("procpool.worker.lifetime.tasks", "Tasks of workers at their end"),
    WORKER_CPU("procpool.worker.cpu", "seconds", "CPU time of workers in tasks"),
    WORKER_RSS("procpool.worker.rss", "bytes", "Memory of workers, shared pages in each"),
    WORKER_PSS("procpool.worker.pss", "bytes", "Memory of workers, shared pages divided"),
    WORKER_PRIVATE("procpool.worker.private", "bytes", "Memory that only the worker has"),
    WORKER_MEMORY_GROWTH(
            "procpool.worker.memory.growth.bytes.per.task",
            "By how much a call of the function makes its worker grow"),

    // --- the service
    STORE_JOBS("procpool.store.jobs", "Accepted jobs that are stored, by their state"),
    STORE_SIZE("procpool.store.size", "bytes", "What the store takes on the disk"),
    STORE_LIMIT("procpool.store.limit", "bytes", "The most of that"),
    QUARANTINED("procpool.quarantine.tasks", "Tasks in quarantine"),
    RESULTS_EXPIRED("procpool.results.expired", "Results dropped because their time was over"),
    IN_FLIGHT("procpool.in.flight", "bytes", "Bodies in memory for unfinished jobs"),
    IN_FLIGHT_LIMIT("procpool.in.flight.limit", "bytes", "The most of these"),
    LONG_POLLS_ACTIVE("procpool.long.polls.active", "Requests that wait for a result"),
    STREAMS_ACTIVE("procpool.streams.active", "Streams that are open"),
    BUILD_INFO("procpool.build.info", "1; what runs here is in the labels");

    private final String dotted;
    private final @Nullable String unit;
    private final String help;

    Name(String dotted, String help) {
        this(dotted, null, help);
    }

    Name(String dotted, @Nullable String unit, String help) {
        this.dotted = dotted;
        this.unit = unit;
        this.help = help;
    }

    String dotted() {
        return dotted;
    }

    /** Null: a number of things, or of seconds where it is a timer. */
    @Nullable String unit() {
        return unit;
    }

    String help() {
        return help;
    }
}
