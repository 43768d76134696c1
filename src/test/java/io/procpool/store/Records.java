package io.procpool.store;

import io.procpool.job.Attempt;
import io.procpool.job.ItemError;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.Quarantined;
import io.procpool.job.Submission;
import io.procpool.job.Terms;
import io.procpool.job.Verb;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.payload.Slicer;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Records of jobs as the contract's tests need them. */
final class Records {
    static final Instant CREATED = Instant.parse("2025-01-01T00:00:00.001Z");
    static final Instant STARTED = CREATED.plusMillis(2);
    static final Instant FINISHED = CREATED.plusSeconds(3);
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

    /** One of each kind of failure, with everything that can be in it. */
    static List<Failure> failures() {
        var odd = "\ud800 lone, é, \u0000, \ud83d\ude00";
        return List.of(
                LOST,
                new Failure.WorkerLost("crash_exit", 3, null, odd),
                new Failure.FunctionRaised(new Failure.Thrown("m.Error", odd, odd), null),
                new Failure.FunctionRaised(new Failure.Thrown("E", "", ""), 7),
                new Failure.ArgumentsDoNotFit(odd, 1),
                new Failure.NotSerializable("set"),
                new Failure.ResultTooLarge(1L << 40),
                new Failure.FunctionUnknown("m.f", null),
                new Failure.FunctionUnknown("m.f", odd),
                new Failure.Quarantined(3, "crash_signal", null, 9, odd),
                new Failure.TimedOut(Duration.ofNanos(1)),
                new Failure.Cancelled(),
                new Failure.Expired(Duration.ofDays(1)),
                new Failure.PoolTerminated("p"),
                new Failure.InputRefused(odd),
                new Failure.InputStalled(Duration.ofSeconds(60)),
                new Failure.ProtocolError(odd));
    }

    static Attempt attempt(int n, Failure problem) {
        return new Attempt(
                n, 0, 1, 4711, 3, STARTED, FINISHED, 1, null, 0.1, 1 << 20, "é\n", false, problem);
    }

    /** A submission as {@link #pending} has it. */
    static Submission submission(int priority, Terms terms, Duration expiresIn, Verb verb) {
        return submission("pool", priority, terms, expiresIn, verb, "[ 1,2 , {\"a\": [\"é\"]} ]");
    }

    static Submission submission(
            String pool,
            int priority,
            Terms terms,
            Duration expiresIn,
            Verb verb,
            String iterable) {
        var items =
                verb.maps()
                        ? new Slicer(Limits.DEFAULT).sliceArray(Payload.ofUtf8(iterable))
                        : null;
        return new Submission(
                pool,
                verb,
                "m.f",
                Payload.ofUtf8("[ 1,  12345678901234567890]"),
                Payload.ofUtf8("{ \"k\":\"é\"}"),
                items,
                verb.maps() ? 2 : null,
                Duration.ofMillis(1_500),
                expiresIn,
                priority,
                true,
                terms,
                null);
    }

    /** An apply of the pool, accepted for good. */
    static JobStore.Entry apply(int n, boolean claimed) {
        return entry(n, submission(0, Terms.ASYNC, null, Verb.APPLY), claimed);
    }

    static JobStore.Entry map(int n, boolean claimed) {
        return entry(n, submission(0, Terms.ASYNC, null, Verb.MAP), claimed);
    }

    static JobStore.Entry entry(int n, Submission submission, boolean claimed) {
        var record =
                new JobRecord(
                        id(n),
                        submission.pool(),
                        submission.verb(),
                        submission.func(),
                        submission.collect(),
                        true,
                        CREATED.plusMillis(n),
                        new JobState.Pending(),
                        submission.items(),
                        0,
                        List.of(),
                        1,
                        null,
                        submission.terms().labels(),
                        null,
                        null);
        return new JobStore.Entry(record, submission, claimed, true, null);
    }

    static Quarantined quarantined(int n, Submission submission) {
        return new Quarantined(id(n), id(1), FINISHED, 0, 1, List.of(attempt(1, LOST)), submission);
    }
}
