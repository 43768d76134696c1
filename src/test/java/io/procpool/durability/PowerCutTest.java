package io.procpool.durability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The power fails in the middle of the load: what was answered is there when it is back. G1. */
class PowerCutTest {
    private static final int ROUNDS = Seed.DEEP ? 100 : 5;

    @Test
    void what_was_answered_survives_a_power_cut() throws Exception {
        CutDisk.require();
        long seed = Seed.of("power cut");
        var random = new Random(seed);
        try (var disk = CutDisk.make();
                var trial = Trial.in(disk.path().resolve("home"))) {
            trial.start();
            trial.load(4, seed, false);
            for (int round = 0; round < ROUNDS; round++) {
                trial.awaitGranted(10 + random.nextInt(60));
                disk.cut();
                trial.kill();
                disk.restore();
                trial.start();
            }
            trial.endLoad();

            assertThat(trial.verdict()).isEmpty();
            assertThat(new SqlDump(trial.home()).quickCheck()).isEqualTo("ok");
        }
    }
}
