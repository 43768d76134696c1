package io.procpool.durability;

import static io.procpool.durability.MadeEvidence.JOB;
import static io.procpool.durability.MadeEvidence.PID;
import static io.procpool.durability.MadeEvidence.TAG;
import static io.procpool.durability.MadeEvidence.crashes;
import static io.procpool.durability.MadeEvidence.failed;
import static io.procpool.durability.MadeEvidence.job;
import static io.procpool.durability.MadeEvidence.lost;
import static io.procpool.durability.MadeEvidence.retry;
import static io.procpool.durability.MadeEvidence.run;
import static io.procpool.durability.MadeEvidence.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Breaches.Breach;
import io.procpool.durability.Operation.Deed;
import io.procpool.durability.Operation.Deed.Submitted;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The checker finds nothing where all is well, and for each rule what breaks it. */
class CheckerTest {
    private static final Wanted WANTED = Wanted.harmless(TAG);
    private static final Map<String, Breach> BREACHES = Breaches.all();

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
        assertThat(MadeEvidence.good().checked()).isEmpty();
        assertThat(MadeEvidence.keyed().submitted(WANTED, "k", "f", JOB).checked()).isEmpty();
        assertThat(MadeEvidence.seen("pending", "running", "running", "succeeded").checked())
                .isEmpty();
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
    void runs_that_a_long_record_leaves_out_are_no_gap() {
        var many =
                Stream.concat(
                                IntStream.rangeClosed(1, 50).mapToObj(n -> lost(n, "service_lost")),
                                Stream.of(run(53)))
                        .toArray(Dump.Run[]::new);
        var all = MadeEvidence.accepted().began(JOB, TAG, 52, PID).began(JOB, TAG, 53, PID);
        assertThat(all.ended(JOB, TAG, "succeeded", value(TAG, 53), many).checked()).isEmpty();
    }

    @Test
    void a_job_that_outlived_its_service_and_a_killed_worker_is_well() {
        assertThat(
                        MadeEvidence.accepted()
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
    void another_end_than_its_functions_is_well_where_somebody_wanted_it() {
        assertThat(
                        MadeEvidence.accepted()
                                .cancelled(JOB)
                                .ended(JOB, TAG, "cancelled", null)
                                .checked())
                .isEmpty();
        assertThat(
                        MadeEvidence.accepted()
                                .did(new Deed.PoolEnded(Ask.POOL), Reply.UNKNOWN)
                                .left(failed("pool-terminated"))
                                .checked())
                .isEmpty();
        assertThat(
                        new MadeEvidence()
                                .submitted(WANTED.once(), JOB)
                                .began(JOB, TAG, 1, PID)
                                .left(failed("worker-lost", lost(1, "service_lost")))
                                .checked())
                .isEmpty();
        assertThat(
                        MadeEvidence.accepted()
                                .did(new Deed.WorkerKilled(PID), Reply.OK)
                                .left(failed("quarantined", crashes(3)))
                                .held(JOB)
                                .checked())
                .isEmpty();
    }

    /** Until then it was in memory: it has no versions of claims. */
    @Test
    void what_was_accepted_when_somebodys_patience_ended_is_well_without_versions_of_claims() {
        assertThat(
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 1, 99)
                                .began(JOB, TAG, 2, PID)
                                .listed(
                                        job(
                                                JOB,
                                                TAG,
                                                "succeeded",
                                                value(TAG, 2),
                                                lost(1, "service_lost"),
                                                run(2)))
                                .storedUntracked(JOB, "succeeded", 2, 2L << 24)
                                .checked())
                .isEmpty();
        assertThat(
                        MadeEvidence.accepted()
                                .began(JOB, TAG, 1, PID)
                                .listed(job(JOB, TAG, "succeeded", value(TAG, 1), run(1)))
                                .storedUntracked(JOB, "succeeded", 1, 3)
                                .checked())
                .isEmpty();
    }

    @Test
    void what_raises_and_what_kills_have_the_ends_that_are_theirs() {
        var raising = new MadeEvidence().submitted(Wanted.raising(TAG), JOB);
        assertThat(raising.left(failed("function-raised", run(1))).checked()).isEmpty();
        var poison = new MadeEvidence().submitted(Wanted.poison(TAG), JOB);
        assertThat(poison.left(failed("quarantined", crashes(3))).held(JOB).checked()).isEmpty();
        var killer = new MadeEvidence().submitted(Wanted.killer(TAG, 1), JOB);
        assertThat(killer.ranTwice("crash_signal", 2).checked()).isEmpty();
    }

    @Test
    void what_was_let_go_has_left_the_quarantine() {
        var quarantined = failed("quarantined", crashes(3));
        var poison = new MadeEvidence().submitted(Wanted.poison(TAG), JOB).left(quarantined);
        assertThat(poison.did(new Deed.Dropped(JOB), Reply.UNKNOWN).checked()).isEmpty();
        assertThat(poison.held(JOB).checked()).isEmpty();
    }

    @Test
    void what_was_forgotten_may_be_gone_and_a_release_is_no_double() {
        assertThat(MadeEvidence.accepted().did(new Deed.Forgotten(JOB), Reply.OK).checked())
                .isEmpty();
        assertThat(
                        MadeEvidence.good()
                                .did(new Deed.Released(TAG, JOB, "0199-b"), Reply.OK)
                                .cancelled("0199-b")
                                .left(retry("0199-b"))
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
                        List.of(new Dump.Stored(JOB, "cancelled", 0, 0, true)),
                        Map.of("cancelled", 1L),
                        List.of());
        var cancel = new Operation(new Deed.Cancelled(JOB, "", 0), Reply.UNKNOWN, 0, 1_000);
        var evidence =
                new Evidence(List.of(submit, early, late, cancel), new Ledger(List.of()), dump);
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
