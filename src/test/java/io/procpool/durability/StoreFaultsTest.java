package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.durability.Fault.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each call of the store that changes something goes wrong once, in each of the ways there are. The service that comes next is the one that has to mend it, and has a fault of
 * its own: so the calls of a restart are among them. All are tried under {@code -Pdeep}, some by chance otherwise.
 */
class StoreFaultsTest {
    private static final int CALLS = 60; // more than the scenario has
    private static final int TRIED = 8;

    @TempDir private Path home;

    private record Planned(Kind kind, int at) {}

    private static List<Planned> plan(Random random) {
        var all = new ArrayList<Planned>();
        for (int at = 1; at <= CALLS; at++) {
            for (var kind : Kind.values()) {
                all.add(new Planned(kind, at));
            }
        }
        Collections.shuffle(all, random);
        return Seed.DEEP ? all : all.subList(0, TRIED);
    }

    @Test
    void whatever_call_of_the_store_goes_wrong_no_guarantee_is_broken() throws Exception {
        var plan = plan(new Random(Seed.of("store faults")));
        int struck = 0;
        try (var trial = Trial.in(home)) {
            trial.start();
            trial.terminate();
            for (int n = 0; n < plan.size(); n++) {
                struck += strikes(trial, plan.get(n), "s" + n) ? 1 : 0;
            }
            trial.start();

            assertThat(trial.verdict()).isEmpty();
            assertThat(struck).as("faults that came to pass").isPositive();
        }
    }

    /** Whether the service ended of it. */
    private static boolean strikes(Trial trial, Planned fault, String name) throws Exception {
        if (!trial.tryStart(fault.kind() + ":" + fault.at())) {
            return true;
        }
        new Scenario(trial.caller, name).run();
        boolean ended = trial.service().ended();
        trial.kill();
        return ended;
    }
}
