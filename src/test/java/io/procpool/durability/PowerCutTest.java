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
                long cut = cut(trial, disk);
                disk.restore();
                trial.nothingRan(cut, System.nanoTime());
                trial.start();
            }
            trial.endLoad();

            assertThat(trial.verdict()).isEmpty();
            assertThat(new SqlDump(trial.home()).quickCheck()).isEqualTo("ok");
        }
    }

    /**
     * A machine without power answers nobody, and runs nothing. This one would: and ext4 lets a sync that is on its way while the file system is shut down return without an error, though nothing of
     * it is on the disk.
     */
    private static long cut(Trial trial, CutDisk disk) throws Exception {
        trial.caller.deafen();
        long moment = disk.cut();
        trial.kill();
        trial.caller.hear();
        return moment;
    }
}
