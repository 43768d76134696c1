package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients go on, and services and workers are killed under them again and again. G1 to G6. */
class CrashLoopTest {
    private static final int ROUNDS = Seed.DEEP ? 300 : 10;
    private static final int CLIENTS = 4;

    @TempDir private Path home;

    @Test
    void nothing_is_lost_or_doubled_whoever_is_killed() throws Exception {
        long seed = Seed.of("crash loop");
        var random = new Random(seed);
        try (var trial = Trial.in(home)) {
            trial.start();
            trial.load(CLIENTS, seed, true);
            for (int round = 0; round < ROUNDS; round++) {
                trial.awaitGranted(10 + random.nextInt(60));
                trial.kill();
                trial.start();
            }
            trial.awaitGranted(10);
            trial.endLoad();

            assertThat(trial.verdict()).isEmpty();
            assertThat(trial.evidence().dump.listed())
                    .as("runs that were lost with a service")
                    .anyMatch(job -> job.runs().stream().anyMatch(Dump.Run::lostWithService));
        }
    }

    /** SIGTERM: what has not ended goes on in the next service. */
    @Test
    void a_service_that_is_told_to_end_hands_over_what_it_has() throws Exception {
        long seed = Seed.of("hand over");
        try (var trial = Trial.in(home)) {
            trial.start();
            trial.load(CLIENTS, seed, false);
            for (int round = 0; round < 3; round++) {
                trial.awaitGranted(40);
                assertThat(trial.terminate()).isZero();
                trial.start();
            }
            trial.awaitGranted(10);
            trial.endLoad();

            assertThat(trial.verdict()).isEmpty();
        }
    }
}
