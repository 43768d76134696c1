package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.ItemError;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Verb;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Records of jobs as the contract's tests need them. */
final class Records {
    private static final Instant CREATED = Instant.parse("2025-01-01T00:00:00.001Z");
    private static final Instant STARTED = CREATED.plusMillis(2);
    private static final Instant FINISHED = CREATED.plusSeconds(3);
    private static final Failure LOST =
            new Failure.WorkerLost("crash_signal", null, 11, "Segmentation fault");

    private Records() {}

    /** Ids that grow with {@code n}. */
    static UUID id(int n) {
        return new UUID(((long) n << 16) | 0x7000, 0x8000_0000_0000_0000L);
    }

    static JobRecord pending(int n) {
        return of(n, "pool", "m.f", new JobState.Pending());
    }

    static JobRecord of(int n, String pool, String func, JobState state) {
        var done = state instanceof JobState.Succeeded ? 2 : 0;
        return new JobRecord(
                id(n), pool, Verb.MAP, func, true, true, CREATED, state, 2, done, List.of(), 1);
    }

    static JobRecord succeeded(int n, String value) {
        return with(
                pending(n),
                new JobState.Succeeded(STARTED, FINISHED, Payload.ofUtf8(value), List.of()));
    }

    static JobRecord failed(int n) {
        return with(pending(n), new JobState.Failed(STARTED, FINISHED, LOST));
    }

    /** The record's end. */
    static JobRecord with(JobRecord accepted, JobState state) {
        return new JobRecord(
                accepted.id(),
                accepted.pool(),
                accepted.verb(),
                accepted.func(),
                accepted.collect(),
                accepted.async(),
                accepted.created(),
                state,
                accepted.items(),
                state instanceof JobState.Succeeded ? accepted.items() : 0,
                List.of(
                        new Attempt(
                                1,
                                0,
                                2,
                                4711,
                                3,
                                STARTED,
                                FINISHED,
                                null,
                                11,
                                0.25,
                                1 << 20,
                                "printed é\n",
                                true,
                                state instanceof JobState.Succeeded ? null : LOST)),
                accepted.version() + 1);
    }

    /** One of each final state, with everything that can be in it. */
    static List<JobState> ends() {
        return List.of(
                new JobState.Succeeded(
                        STARTED,
                        FINISHED,
                        Payload.ofUtf8("[12345678901234567890,null]"),
                        List.of(new ItemError(1, LOST))),
                new JobState.Succeeded(null, FINISHED, Payload.ofUtf8("[]"), List.of()),
                new JobState.Failed(STARTED, FINISHED, LOST),
                new JobState.Failed(
                        null,
                        FINISHED,
                        new Failure.FunctionRaised(
                                new Failure.Thrown("m.Error", "né", "Traceback…"), 1)),
                new JobState.Cancelled(null, FINISHED),
                new JobState.Cancelled(STARTED, FINISHED),
                new JobState.Expired(FINISHED, Duration.ofMillis(1_500)));
    }
}
