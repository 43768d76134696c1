package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Ask.Call;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guard is taken out of a service, and the checker finds that it is missing. A checker that finds nothing proves nothing before that. */
class MutantsTest {
    @TempDir private Path home;

    @Test
    void an_answer_before_the_commit_is_caught() throws Exception {
        try (var trial = Trial.in(home)) {
            trial.start(Mutant.ANSWER_BEFORE_COMMIT);
            trial.caller.submit(Ask.of(Ask.ok("answered")));
            assertThat(trial.history.granted()).isEqualTo(1);
            trial.kill();
            trial.start();
            assertCaught(trial, Rule.NOTHING_LOST);
        }
    }

    @Test
    void a_key_that_is_not_unique_is_caught() throws Exception {
        try (var trial = Trial.in(home)) {
            trial.start(Mutant.KEY_NOT_UNIQUE);
            trial.caller.submit(Ask.keyed(Ask.ok("keyed"), "key"));
            trial.caller.submit(Ask.keyed(Ask.ok("keyed"), "key"));
            trial.settle();
            assertCaught(trial, Rule.ONE_JOB);
        }
    }

    /** Two processes on one home are impossible by the lock: so the late one is played on the store itself. */
    @Test
    void a_write_without_its_epoch_is_caught() throws Exception {
        assertThat(Zombie.walks(home.resolve("guarded"), Interposer.Call::proceed)).isEmpty();
        assertThat(
                        Zombie.walks(
                                home.resolve("mutant"),
                                Interposers.mutant(Mutant.NO_EPOCH_IN_WHERE, home)))
                .extracting(Violation::rule)
                .contains(Rule.HIGHEST_EPOCH);
    }

    @Test
    void a_crash_that_is_charged_to_neighbours_is_caught() throws Exception {
        try (var trial = Trial.in(home)) {
            trial.start(Mutant.NEIGHBOURS_ARE_CHARGED);
            trial.caller.submit(Ask.of(Ask.killing("killer", 1)));
            trial.settle();
            trial.caller.submit(Ask.of(Ask.ok("neighbour")));
            trial.settle();
            assertCaught(trial, Rule.NEIGHBOURS);
        }
    }

    @Test
    void a_rescue_without_a_guard_for_final_jobs_is_caught() throws Exception {
        try (var trial = Trial.in(home)) {
            trial.start();
            var file = trial.ledgers().resolve("go");
            trial.caller.submit(Ask.of(Ask.ok("done")));
            trial.caller
                    .submit(Ask.of(Ask.waiting("cancelled", file.toString())))
                    .ids()
                    .forEach(trial.caller::cancel);
            trial.settle();
            Files.createFile(file);
            trial.kill();
            trial.start(Mutant.RESCUE_WITHOUT_GUARD);
            assertCaught(trial, Rule.ONE_RESULT);
            assertCaught(trial, Rule.ATTEMPTS);
        }
    }

    @Test
    void commits_that_are_not_synced_are_caught_by_a_power_cut() throws Exception {
        CutDisk.require();
        try (var disk = CutDisk.make();
                var trial = Trial.in(disk.path().resolve("home"))) {
            trial.start();
            trial.terminate();
            trial.start(Mutant.SYNCHRONOUS_OFF);
            trial.caller.submit(Ask.batch(calls(), null));
            assertThat(trial.history.granted()).isEqualTo(1);
            disk.cut();
            trial.kill();
            disk.restore();
            trial.start();
            assertCaught(trial, Rule.NOTHING_LOST);
        }
    }

    private static List<Call> calls() {
        return IntStream.range(0, 20).mapToObj(n -> Ask.ok("unsynced" + n)).toList();
    }

    private static void assertCaught(Trial trial, Rule rule) throws Exception {
        assertThat(trial.look()).extracting(Violation::rule).contains(rule);
    }
}
