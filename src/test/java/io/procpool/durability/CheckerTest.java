package io.procpool.durability;

import static io.procpool.durability.MadeEvidence.JOB;
import static io.procpool.durability.MadeEvidence.PID;
import static io.procpool.durability.MadeEvidence.TAG;
import static io.procpool.durability.MadeEvidence.job;
import static io.procpool.durability.MadeEvidence.lost;
import static io.procpool.durability.MadeEvidence.run;
import static io.procpool.durability.MadeEvidence.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Dump.Listed;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The checker finds nothing where all is well, and for each rule what breaks it. */
class CheckerTest {
    private static final Wanted WANTED = Wanted.harmless(TAG);
    private static final Map<String, Breach> BREACHES = new LinkedHashMap<>();

    private record Breach(Rule rule, Supplier<MadeEvidence> evidence) {}

    /** One job that was accepted, ran once, and has its value. */
    private static MadeEvidence good() {
        return accepted()
                .began(JOB, TAG, 1, PID)
                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1));
    }

    private static MadeEvidence accepted() {
        return new MadeEvidence().submitted(WANTED, JOB);
    }

    private static void breach(Rule rule, String how, Supplier<MadeEvidence> evidence) {
        BREACHES.put(how, new Breach(rule, evidence));
    }

    static {
        breach(Rule.NOTHING_LOST, "accepted, and nowhere", CheckerTest::accepted);
        breach(
                Rule.NOTHING_LOST,
                "accepted, and only listed",
                () -> accepted().listed(job(JOB, TAG, "cancelled", null)));
        breach(
                Rule.NOTHING_LOST,
                "accepted, and never ended",
                () -> accepted().ended(JOB, TAG, "running", null, run(1)));
        breach(
                Rule.NOTHING_LOST,
                "accepted, and unknown for a moment",
                () -> good().did(new Deed.Missed(JOB), Reply.OK));
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
                () -> good().did(new Deed.Released(TAG, "0199-c"), Reply.OK));
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
                () -> good().stored("0199-b", "cancelled", 0, 0));
        breach(
                Rule.ONE_JOB,
                "two ids for one key",
                () -> keyed().submitted(WANTED, "k", "f", "0199-b"));
        breach(
                Rule.ONE_JOB,
                "two jobs, and the client knows of one",
                () -> keyed().ended("0199-b", TAG, "cancelled", null));
        breach(
                Rule.ONE_JOB,
                "one key for two bodies",
                () ->
                        keyed().submitted(Wanted.harmless("t2"), "k", "g", "0199-b")
                                .ended("0199-b", "t2", "cancelled", null));
        breach(
                Rule.ONE_JOB,
                "listed twice",
                () -> good().listed(job(JOB, TAG, "succeeded", value(TAG, 1), run(1))));
        breach(Rule.LEGAL_STATES, "it ran and then it waited", () -> seen("running", "pending"));
        breach(
                Rule.LEGAL_STATES,
                "it was final and then it ran",
                () -> seen("succeeded", "running"));
        breach(Rule.LEGAL_STATES, "it ran and then it expired", () -> seen("running", "expired"));
        breach(
                Rule.LEGAL_STATES,
                "an older version after a newer one",
                () ->
                        accepted()
                                .did(new Deed.Read(JOB, "running", 5, null), Reply.OK)
                                .did(new Deed.Read(JOB, "running", 4, null), Reply.OK)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.ONE_RESULT,
                "another final state",
                () ->
                        accepted()
                                .read(JOB, "failed", null)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.ONE_RESULT,
                "another value",
                () -> good().read(JOB, "succeeded", value(TAG, 2)));
        breach(
                Rule.ATTEMPTS,
                "a gap",
                () ->
                        accepted()
                                .began(JOB, TAG, 3, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 3), run(1), run(3)));
        breach(
                Rule.ATTEMPTS,
                "on record twice",
                () ->
                        accepted()
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1), run(1)));
        breach(Rule.ATTEMPTS, "began, and is not on record", () -> good().began(JOB, TAG, 2, PID));
        breach(Rule.ATTEMPTS, "began in two processes", () -> good().began(JOB, TAG, 1, 101));
        breach(Rule.ATTEMPTS, "began twice in one", () -> good().began(JOB, TAG, 1, PID));
        breach(
                Rule.AT_MOST_ONCE,
                "began again",
                () ->
                        new MadeEvidence()
                                .submitted(WANTED.once(), JOB)
                                .began(JOB, TAG, 1, PID)
                                .began(JOB, TAG, 2, PID)
                                .ended(
                                        JOB,
                                        TAG,
                                        "succeeded",
                                        value(TAG, 2),
                                        lost(1, "service_lost"),
                                        run(2)));
        breach(
                Rule.HIGHEST_EPOCH,
                "the value of an attempt that was superseded",
                () ->
                        accepted()
                                .began(JOB, TAG, 1, PID)
                                .began(JOB, TAG, 2, PID)
                                .ended(
                                        JOB,
                                        TAG,
                                        "succeeded",
                                        value(TAG, 1),
                                        lost(1, "service_lost"),
                                        run(2)));
        breach(
                Rule.HIGHEST_EPOCH,
                "a record of an older claim",
                () ->
                        accepted()
                                .began(JOB, TAG, 1, PID)
                                .listed(job(JOB, TAG, "succeeded", value(TAG, 1), run(1)))
                                .stored(JOB, "succeeded", 2, 1 << 24));
        breach(
                Rule.RIGHT_VALUE,
                "the value of another job",
                () ->
                        accepted()
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value("t2", 1), run(1)));
        breach(
                Rule.RIGHT_VALUE,
                "a map without its last item",
                () ->
                        new MadeEvidence()
                                .submitted(map("[1,2]"), JOB)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", "[1]", run(1)));
        breach(
                Rule.CANCELLED,
                "began after it was cancelled",
                () ->
                        accepted()
                                .did(new Deed.Cancelled(JOB, "cancelled"), Reply.OK)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "cancelled", null, run(1)));
        breach(
                Rule.SUCCEEDED_RAN,
                "nobody ran it",
                () -> accepted().ended(JOB, TAG, "succeeded", value(TAG, 1), run(1)));
        breach(
                Rule.NEIGHBOURS,
                "charged with a loss that was not its own",
                () ->
                        accepted()
                                .began(JOB, TAG, 1, PID)
                                .began(JOB, TAG, 2, PID)
                                .ended(
                                        JOB,
                                        TAG,
                                        "succeeded",
                                        value(TAG, 2),
                                        lost(1, "crash_signal"),
                                        run(2)));
        breach(
                Rule.NEIGHBOURS,
                "in quarantine for losses of the service",
                () ->
                        accepted()
                                .listed(
                                        new Listed(
                                                JOB,
                                                TAG,
                                                "failed",
                                                List.of(lost(1, "service_lost")),
                                                "quarantined",
                                                null,
                                                null))
                                .stored(JOB, "failed", 1, 1 << 24));
        breach(
                Rule.BOOKS,
                "the database has another state",
                () ->
                        accepted()
                                .listed(job(JOB, TAG, "cancelled", null))
                                .stored(JOB, "failed", 1, 1 << 24));
        breach(
                Rule.BOOKS,
                "the metrics count one more",
                () -> good().metrics(Map.of("succeeded", 2L)));
    }

    private static MadeEvidence keyed() {
        return new MadeEvidence()
                .submitted(WANTED, "k", "f", JOB)
                .began(JOB, TAG, 1, PID)
                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1));
    }

    private static MadeEvidence seen(String... states) {
        var evidence = accepted().began(JOB, TAG, 1, PID);
        for (var state : states) {
            evidence.read(JOB, state, null);
        }
        return evidence.ended(JOB, TAG, "succeeded", value(TAG, 1), run(1));
    }

    private static Wanted map(String value) {
        return new Wanted(TAG, Wanted.Nature.HARMLESS, false, value);
    }

    @TestFactory
    List<DynamicTest> what_breaks_a_rule_is_found() {
        return BREACHES.entrySet().stream()
                .map(
                        breach ->
                                DynamicTest.dynamicTest(
                                        breach.getValue().rule() + ": " + breach.getKey(),
                                        () -> assertFound(breach.getValue())))
                .toList();
    }

    private static void assertFound(Breach breach) {
        var found = breach.evidence().get().checked();
        assertThat(found).extracting(Violation::rule).contains(breach.rule());
        assertThat(found).allSatisfy(one -> assertThat(one.example()).isNotBlank());
    }

    @Test
    void each_rule_is_broken_by_one_of_these() {
        var broken = new HashSet<Rule>();
        BREACHES.values().forEach(breach -> broken.add(breach.rule()));
        assertThat(broken).isEqualTo(EnumSet.allOf(Rule.class));
    }

    @Test
    void where_all_is_well_nothing_is_found() {
        assertThat(good().checked()).isEmpty();
        assertThat(keyed().submitted(WANTED, "k", "f", JOB).checked()).isEmpty();
        assertThat(seen("pending", "running", "running", "succeeded").checked()).isEmpty();
    }

    @Test
    void what_nobody_has_been_told_of_may_be_there_or_not() {
        var unknown = new Submitted(List.of(WANTED), null, "f", List.of());
        assertThat(new MadeEvidence().did(unknown, Reply.UNKNOWN).checked()).isEmpty();
        assertThat(
                        new MadeEvidence()
                                .did(unknown, Reply.UNKNOWN)
                                .began(JOB, TAG, 1, PID)
                                .ended(JOB, TAG, "succeeded", value(TAG, 1), run(1))
                                .checked())
                .isEmpty();
    }

    @Test
    void a_job_that_outlived_its_service_and_a_killed_worker_is_well() {
        assertThat(
                        accepted()
                                .did(new Deed.WorkerKilled(PID), Reply.OK)
                                .began(JOB, TAG, 1, 99)
                                .began(JOB, TAG, 2, PID)
                                .began(JOB, TAG, 3, 101)
                                .listed(
                                        job(
                                                JOB,
                                                TAG,
                                                "succeeded",
                                                value(TAG, 3),
                                                new Dump.Run(
                                                        1, 0, 99, "worker-lost", "service_lost"),
                                                lost(2, "crash_signal"),
                                                new Dump.Run(3, 0, 101, null, null)))
                                .stored(JOB, "succeeded", 2, 2L << 24)
                                .checked())
                .isEmpty();
    }

    @Test
    void what_was_forgotten_may_be_gone_and_a_release_is_no_double() {
        assertThat(accepted().did(new Deed.Forgotten(JOB), Reply.OK).checked()).isEmpty();
        var retry = new Listed("0199-b", TAG, "cancelled", List.of(), null, null, JOB);
        assertThat(
                        good().did(new Deed.Released(TAG, "0199-b"), Reply.OK)
                                .listed(retry)
                                .stored("0199-b", "cancelled", 0, 0)
                                .checked())
                .isEmpty();
    }

    @Test
    void sights_at_the_same_time_may_be_in_any_order() {
        var early = new Operation(new Deed.Read(JOB, "running", 2, null), Reply.OK, 0, 1_000);
        var late = new Operation(new Deed.Read(JOB, "pending", 1, null), Reply.OK, 1, 900);
        var submit =
                new Operation(
                        new Submitted(List.of(WANTED), null, "f", List.of(JOB)), Reply.OK, 0, 1);
        var dump =
                new Dump(
                        List.of(job(JOB, TAG, "cancelled", null)),
                        List.of(new Dump.Stored(JOB, "cancelled", 0, 0)),
                        Map.of("cancelled", 1L),
                        List.of());
        var evidence = new Evidence(List.of(submit, early, late), new Ledger(List.of()), dump);
        assertThat(Checker.check(evidence)).isEmpty();
    }

    @Test
    void the_picture_of_the_states_has_all_of_them() throws Exception {
        var published = Automaton.published();
        assertThat(published.after().get("pending"))
                .containsAll(Set.of("running", "succeeded", "failed", "cancelled", "expired"));
        assertThat(published.allows("succeeded", "failed")).isFalse();
    }
}
