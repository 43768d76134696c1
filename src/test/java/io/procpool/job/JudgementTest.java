package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.Judgement.Again;
import io.procpool.job.Judgement.Counts;
import io.procpool.job.Judgement.Quarantine;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What follows from the end of a run, for all kinds of ends. */
class JudgementTest {
    private static final Failure CRASH = lost("crash_signal");
    private static final Failure TAKEN = lost("forkserver_lost");
    private static final Failure NEIGHBOURS = lost("host_recycled");
    private static final Failure SERVICE = lost("service_lost");
    private static final Failure BROKEN = new Failure.ProtocolError("no frame");
    private static final Failure LATE = new Failure.TimedOut(Duration.ofSeconds(1));
    private static final Failure RAISED =
            new Failure.FunctionRaised(new Failure.Thrown("E", "no", ""), null);
    private static final Retries ALL = new Retries(5, Duration.ofSeconds(4), Retries.CAUSES);

    private static Failure lost(String reason) {
        return new Failure.WorkerLost(reason, null, 9, "last words");
    }

    private static Terms terms(Retries retries, Delivery delivery) {
        return new Terms(retries, delivery, Map.of(), null);
    }

    private static List<Attempt> runs(Failure... problems) {
        var runs = new ArrayList<Attempt>();
        for (var problem : problems) {
            runs.add(DrivenJob.attempt(runs.size() + 1, 0, 1, problem, DrivenJob.NOW));
        }
        return runs;
    }

    /** The last of the problems is how the last run has ended. */
    private static Judgement judge(Terms terms, boolean accepted, Failure... problems) {
        var end = new Task.End.Broke(problems[problems.length - 1]);
        return Judgement.of(end, runs(problems), terms, accepted);
    }

    private static Judgement judge(Retries retries, Failure... problems) {
        return judge(terms(retries, Delivery.AT_LEAST_ONCE), true, problems);
    }

    private static Counts counts(Failure problem) {
        return new Counts(new Task.End.Broke(problem));
    }

    @Test
    void a_value_counts_whatever_has_been_before() {
        var value = new Task.End.Value(Payload.ofUtf8("1"), List.of());
        assertThat(Judgement.of(value, runs(CRASH, CRASH, null), Terms.ASYNC, true))
                .isEqualTo(new Counts(value));
    }

    @Test
    void who_waits_for_the_answer_gets_the_first_failure() {
        for (var problem : List.of(CRASH, TAKEN, NEIGHBOURS, BROKEN, LATE, RAISED)) {
            assertThat(judge(Terms.SYNC, false, problem)).isEqualTo(counts(problem));
        }
    }

    @Test
    void an_accepted_task_runs_again_when_its_worker_was_lost_and_after_nothing_else() {
        for (var problem : List.of(CRASH, TAKEN, NEIGHBOURS, SERVICE)) {
            assertThat(judge(Retries.ACCEPTED, problem)).isEqualTo(new Again(Duration.ZERO));
        }
        for (var problem : List.of(BROKEN, LATE, RAISED)) {
            assertThat(judge(Retries.ACCEPTED, problem)).isEqualTo(counts(problem));
        }
    }

    @Test
    void what_can_not_become_better_is_never_run_again() {
        for (var problem :
                List.of(
                        new Failure.Cancelled(),
                        new Failure.PoolTerminated("p"),
                        new Failure.ResultTooLarge(1),
                        new Failure.NotSerializable("no", null),
                        new Failure.ArgumentsDoNotFit("no", null))) {
            assertThat(judge(ALL, problem)).isEqualTo(counts(problem));
        }
    }

    @Test
    void there_are_as_many_runs_after_the_first_as_were_asked_for() {
        for (int max = 0; max <= 4; max++) {
            var retries = new Retries(max, Duration.ZERO, List.of("function-raised"));
            var all = Collections.nCopies(max + 1, RAISED);
            for (int runs = 1; runs <= max; runs++) {
                assertThat(judge(retries, all.subList(0, runs).toArray(Failure[]::new)))
                        .as("run %d of %d", runs, max + 1)
                        .isInstanceOf(Again.class);
            }
            assertThat(judge(retries, all.toArray(Failure[]::new))).isEqualTo(counts(RAISED));
        }
    }

    @Test
    void each_pause_is_twice_the_one_before_and_what_was_taken_away_is_made_good_at_once() {
        assertThat(judge(ALL, RAISED)).isEqualTo(new Again(Duration.ofSeconds(4)));
        assertThat(judge(ALL, RAISED, LATE)).isEqualTo(new Again(Duration.ofSeconds(8)));
        assertThat(judge(ALL, RAISED, LATE, TAKEN)).isEqualTo(new Again(Duration.ZERO));
        assertThat(judge(ALL, RAISED, TAKEN, LATE)).isEqualTo(new Again(Duration.ofSeconds(8)));
    }

    @Test
    void the_third_crash_puts_a_task_into_quarantine_with_its_evidence() {
        assertThat(judge(ALL, CRASH)).isInstanceOf(Again.class);
        assertThat(judge(ALL, CRASH, CRASH)).isInstanceOf(Again.class);
        assertThat(judge(ALL, CRASH, CRASH, CRASH))
                .isEqualTo(
                        new Quarantine(
                                new Task.End.Broke(
                                        new Failure.Quarantined(
                                                3, "crash_signal", null, 9, "last words"))));
        assertThat(judge(ALL, BROKEN, CRASH, BROKEN)).isInstanceOf(Quarantine.class);
    }

    @Test
    void crashes_are_counted_apart_from_what_was_raised_and_from_what_was_taken_away() {
        assertThat(judge(ALL, CRASH, RAISED, CRASH, TAKEN)).isInstanceOf(Again.class);
        assertThat(judge(ALL, CRASH, RAISED, CRASH, TAKEN, CRASH)).isInstanceOf(Quarantine.class);
        assertThat(judge(Retries.ACCEPTED, CRASH, CRASH, TAKEN, SERVICE, TAKEN, NEIGHBOURS))
                .isInstanceOf(Again.class);
    }

    @Test
    void a_task_that_may_crash_less_often_than_that_is_not_quarantined() {
        var once = new Retries(1, Duration.ZERO, Retries.CAUSES);
        assertThat(judge(once, CRASH, CRASH)).isEqualTo(counts(CRASH));
        assertThat(judge(Retries.NONE, CRASH)).isEqualTo(counts(CRASH));
    }

    @Test
    void losses_that_are_nobodys_doing_cost_no_run_but_do_not_go_on_for_ever() {
        var one = new Retries(1, Duration.ZERO, List.of("worker-lost"));
        var most = Collections.nCopies(Judgement.MOST_RUNS, TAKEN);
        assertThat(judge(one, most.subList(1, most.size()).toArray(Failure[]::new)))
                .isInstanceOf(Again.class);
        assertThat(judge(one, most.toArray(Failure[]::new))).isEqualTo(counts(TAKEN));
    }

    @Test
    void a_neighbours_doing_costs_an_accepted_task_nothing_even_without_retries() {
        assertThat(judge(Retries.NONE, NEIGHBOURS)).isEqualTo(new Again(Duration.ZERO));
        assertThat(judge(Retries.NONE, TAKEN)).isEqualTo(counts(TAKEN));
        var onRaise = new Retries(3, Duration.ZERO, List.of("function-raised"));
        assertThat(judge(onRaise, NEIGHBOURS)).isEqualTo(new Again(Duration.ZERO));
    }

    @Test
    void a_task_that_may_begin_once_is_not_run_again_after_any_loss() {
        var once = terms(ALL, Delivery.AT_MOST_ONCE);
        for (var problem : List.of(CRASH, TAKEN, NEIGHBOURS, SERVICE)) {
            assertThat(judge(once, true, problem)).isEqualTo(counts(problem));
        }
        assertThat(judge(once, true, RAISED)).isInstanceOf(Again.class); // it has said so itself
    }

    @Test
    void what_never_reached_a_worker_is_not_run_again() {
        assertThat(Judgement.of(new Task.End.Broke(CRASH), List.of(), Terms.ASYNC, true))
                .isEqualTo(counts(CRASH));
    }
}
