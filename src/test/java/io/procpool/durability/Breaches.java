package io.procpool.durability;

import static io.procpool.durability.MadeEvidence.JOB;
import static io.procpool.durability.MadeEvidence.PID;
import static io.procpool.durability.MadeEvidence.TAG;
import static io.procpool.durability.MadeEvidence.job;
import static io.procpool.durability.MadeEvidence.retry;
import static io.procpool.durability.MadeEvidence.run;
import static io.procpool.durability.MadeEvidence.value;

import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What breaks a rule, made by hand: one for each way to break it. */
final class Breaches {
    private static final Wanted WANTED = Wanted.harmless(TAG);

    private final Map<String, Breach> all = new LinkedHashMap<>();

    private Breaches() {}

    /** A rule, and what breaks it. */
    record Breach(Rule rule, Supplier<MadeEvidence> evidence) {}

    /** By what is wrong. */
    static Map<String, Breach> all() {
        var breaches = new Breaches();
        breaches.ofAcceptance();
        breaches.ofSights();
        breaches.ofRuns();
        breaches.ofResults();
        BreachesOfEnds.into(breaches);
        return breaches.all;
    }

    void breach(Rule rule, String how, Supplier<MadeEvidence> evidence) {
        all.put(how, new Breach(rule, evidence));
    }

    private void ofAcceptance() {
        breach(Rule.NOTHING_LOST, "accepted, and nowhere", MadeEvidence::accepted);
        breach(
                Rule.NOTHING_LOST,
                "accepted, and only listed",
                () -> MadeEvidence.accepted().listed(job(JOB, TAG, "cancelled", null)));
        breach(
                Rule.NOTHING_LOST,
                "accepted, and never ended",
                () -> MadeEvidence.accepted().ended(JOB, TAG, "running", null, run(1)));
        breach(
                Rule.NOTHING_LOST,
                "accepted, and unknown for a moment",
                () -> MadeEvidence.good().did(new Deed.Missed(JOB), Reply.OK));
        breach(
                Rule.NOTHING_LOST,
                "one of a batch is not there",
                () ->
                        new MadeEvidence()
                                .did(
                                        new Submitted(
                                                List.of(WANTED, Wanted.harmless("t2")),
                                                null,
                                                "f",
                                                List.of(JOB, "0199-b")),
                                        Reply.OK)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.NOTHING_LOST,
                "a release is not there",
                () -> MadeEvidence.good().did(new Deed.Released(TAG, JOB, "0199-c"), Reply.OK));
        breach(
                Rule.NO_PHANTOM,
                "nobody asked for it",
                () -> new MadeEvidence().ended(JOB, TAG, "cancelled", null));
        breach(
                Rule.NO_PHANTOM,
                "it was refused",
                () ->
                        new MadeEvidence()
                                .did(
                                        new Submitted(List.of(WANTED), null, "f", List.of()),
                                        Reply.FAIL)
                                .ended(JOB, TAG, "cancelled", null));
        breach(
                Rule.NO_PHANTOM,
                "it is only in the database",
                () -> MadeEvidence.good().stored("0199-b", "cancelled", 0, 0));
        breach(
                Rule.ONE_JOB,
                "two ids for one key",
                () -> MadeEvidence.keyed().submitted(WANTED, "k", "f", "0199-b"));
        breach(
                Rule.ONE_JOB,
                "two jobs, and the client knows of one",
                () -> MadeEvidence.keyed().ended("0199-b", TAG, "cancelled", null));
        breach(
                Rule.ONE_JOB,
                "one key for two bodies",
                () ->
                        MadeEvidence.keyed()
                                .submitted(Wanted.harmless("t2"), "k", "g", "0199-b")
                                .ended("0199-b", "t2", "cancelled", null));
        breach(
                Rule.NO_PHANTOM,
                "its value was the answer, and it was kept",
                () ->
                        new MadeEvidence()
                                .did(new Submitted(List.of(WANTED), null, "f", List.of()), Reply.OK)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.ONE_JOB,
                "released twice",
                () -> MadeEvidence.good().left(retry("0199-b")).left(retry("0199-c")));
        breach(
                Rule.ONE_JOB,
                "listed twice",
                () ->
                        MadeEvidence.good()
                                .listed(job(JOB, TAG, "succeeded", value(TAG, 1), run(1))));
    }

    private void ofSights() {
        breach(
                Rule.LEGAL_STATES,
                "it ran and then it waited",
                () -> MadeEvidence.seen("running", "pending"));
        breach(
                Rule.LEGAL_STATES,
                "it was final and then it ran",
                () -> MadeEvidence.seen("succeeded", "running"));
        breach(
                Rule.LEGAL_STATES,
                "it ran and then it expired",
                () -> MadeEvidence.seen("running", "expired"));
        breach(
                Rule.LEGAL_STATES,
                "an older version after a newer one",
                () ->
                        MadeEvidence.accepted()
                                .did(new Deed.Read(JOB, "running", 5, null), Reply.OK)
                                .did(new Deed.Read(JOB, "running", 4, null), Reply.OK)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.LEGAL_STATES,
                "one version of two states",
                () ->
                        MadeEvidence.good()
                                .did(new Deed.Read(JOB, "running", 7, null), Reply.OK)
                                .did(new Deed.Read(JOB, "succeeded", 7, null), Reply.OK));
        breach(
                Rule.LEGAL_STATES,
                "it has ended without another version",
                () ->
                        MadeEvidence.good()
                                .did(new Deed.Read(JOB, "running", 1 << 24, null), Reply.OK));
        breach(
                Rule.ONE_RESULT,
                "another final state",
                () ->
                        MadeEvidence.accepted()
                                .read(JOB, "failed", null)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.ONE_RESULT,
                "another value",
                () -> MadeEvidence.good().read(JOB, "succeeded", value(TAG, 2)));
    }

    private void ofRuns() {
        breach(
                Rule.ATTEMPTS,
                "a gap",
                () ->
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 3, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 3), run(1), run(3)));
        breach(
                Rule.ATTEMPTS,
                "a gap behind those that were lost before it was written down",
                () ->
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 4, PID)
                                .listed(job(JOB, TAG, "succeeded", value(TAG, 4), run(1), run(4)))
                                .storedUntracked(JOB, "succeeded", 2, 2L << 24));
        breach(
                Rule.ATTEMPTS,
                "on record twice",
                () ->
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1), run(1)));
        breach(
                Rule.ATTEMPTS,
                "began, and is not on record",
                () -> MadeEvidence.good().began(JOB, TAG, 2, PID));
        breach(
                Rule.ATTEMPTS,
                "began in two processes",
                () -> MadeEvidence.good().began(JOB, TAG, 1, 101));
        breach(
                Rule.ATTEMPTS,
                "began twice in one",
                () -> MadeEvidence.good().began(JOB, TAG, 1, PID));
        breach(
                Rule.AT_MOST_ONCE,
                "began again",
                () -> new MadeEvidence().submitted(WANTED.once(), JOB).ranTwice("service_lost", 2));
    }

    private void ofResults() {
        breach(
                Rule.HIGHEST_EPOCH,
                "the value of an attempt that was superseded",
                () -> MadeEvidence.accepted().ranTwice("service_lost", 1));
        breach(
                Rule.HIGHEST_EPOCH,
                "a record of an older claim",
                () ->
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 1, PID)
                                .listed(job(JOB, TAG, "succeeded", value(TAG, 1), run(1)))
                                .stored(JOB, "succeeded", 2, 1 << 24));
        breach(
                Rule.RIGHT_VALUE,
                "the value of another job",
                () ->
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value("t2", 1), run(1)));
        breach(
                Rule.RIGHT_VALUE,
                "a map without its last item",
                () ->
                        new MadeEvidence()
                                .submitted(Wanted.map(TAG, "[1,2]"), JOB)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", "[1]", run(1)));
        breach(
                Rule.CANCELLED,
                "began after it was cancelled",
                () ->
                        MadeEvidence.accepted()
                                .did(new Deed.Cancelled(JOB, "cancelled", 0), Reply.OK)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "cancelled", null, run(1)));
        breach(
                Rule.SUCCEEDED_RAN,
                "nobody ran it",
                () -> MadeEvidence.accepted().ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.NEIGHBOURS,
                "charged with a loss that was not its own",
                () -> MadeEvidence.accepted().ranTwice("crash_signal", 2));
        breach(
                Rule.BOOKS,
                "the database has another state",
                () ->
                        MadeEvidence.accepted()
                                .listed(job(JOB, TAG, "cancelled", null))
                                .stored(JOB, "failed", 1, 1 << 24));
        breach(
                Rule.BOOKS,
                "the metrics count one more",
                () -> MadeEvidence.good().metrics(Map.of("succeeded", 2L)));
    }
}
