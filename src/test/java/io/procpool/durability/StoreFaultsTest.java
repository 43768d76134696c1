package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Fault.Kind;
import io.procpool.durability.Fault.Plan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each call of the stores that changes something goes wrong once, in each of the ways there are. The service that comes next is the one that has to mend it, and has a fault of
 * its own: so the calls of a restart are among them. All are tried under {@code -Pdeep}, some by chance otherwise.
 */
class StoreFaultsTest {
    private static final int BY_NUMBER = 4;
    private static final int BY_NAME = 4;

    @TempDir private Path home;

    @Test
    void whatever_call_of_a_store_goes_wrong_no_guarantee_is_broken() throws Exception {
        var random = new Random(Seed.of("store faults"));
        try (var trial = Trial.in(home)) {
            var rounds = new FaultRounds(trial);
            var calls = rounds.withoutFault();
            assertThat(new HashSet<>(calls))
                    .as("calls that a scenario comes to")
                    .isEqualTo(Fault.COUNTED);
            if (Seed.DEEP) {
                strikeAll(rounds, calls.size());
            } else {
                strikeSome(rounds, calls.size(), random);
            }
            trial.start();
            rounds.repeatUnanswered();

            assertThat(trial.verdict()).isEmpty();
            rounds.assertChecked(trial.evidence());
        }
    }

    /** From the first to the last that a scenario comes to, which is not always the same. */
    private static void strikeAll(FaultRounds rounds, int calls) throws Exception {
        for (var kind : Kind.values()) {
            int at = 1;
            while (rounds.strikes(new Plan(kind, Integer.toString(at)))) {
                at++;
            }
            System.out.printf("store faults: %s at each of %d calls%n", kind, at - 1);
            assertThat(at).as("calls of a scenario").isGreaterThan(calls / 2);
            for (var name : Fault.COUNTED) {
                rounds.strikes(new Plan(kind, name));
            }
            assertThat(rounds.struck(kind)).isEqualTo(Fault.COUNTED);
        }
    }

    private static void strikeSome(FaultRounds rounds, int calls, Random random) throws Exception {
        // The last ones come or not, by how threads meet.
        var numbers = IntStream.rangeClosed(1, calls * 3 / 4).mapToObj(Integer::toString);
        var plan = new ArrayList<>(chosen(numbers, BY_NUMBER, random));
        plan.addAll(chosen(Fault.COUNTED.stream().sorted(), BY_NAME, random));
        for (var fault : plan) {
            assertThat(rounds.strikes(fault)).as(fault + " came to pass").isTrue();
        }
        System.out.println("store faults: " + plan + ", of " + calls + " calls in a round");
    }

    private static List<Plan> chosen(Stream<String> calls, int count, Random random) {
        var all =
                new ArrayList<>(
                        calls.flatMap(
                                        at ->
                                                Stream.of(Kind.values())
                                                        .map(kind -> new Plan(kind, at)))
                                .toList());
        Collections.shuffle(all, random);
        return all.subList(0, count);
    }
}
