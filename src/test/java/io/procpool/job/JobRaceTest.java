package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Cancel, expiry, a terminated pool and the ends of tasks at the same moment: one outcome. F38, F39. */
class JobRaceTest {
    private static final int ROUNDS = Boolean.getBoolean("procpool.deep") ? 50_000 : 2_000;
    private static final int WORKERS = 3;

    @Test
    void whatever_comes_at_once_there_is_one_outcome() throws InterruptedException {
        long seed = new Random().nextInt();
        for (int round = 0; round < ROUNDS; round++) {
            race(new Random(seed + round), "seed " + seed + ", round " + round);
        }
    }

    private static void race(Random random, String which) throws InterruptedException {
        var job =
                new DrivenJob(
                        random.nextBoolean()
                                ? Submissions.apply()
                                : Submissions.map(1 + random.nextInt(6), 1 + random.nextInt(2)));
        int disturbance = random.nextInt(4);
        var start = new CyclicBarrier(WORKERS + 1);
        var threads = new ArrayList<Thread>();
        for (int worker = 0; worker < WORKERS; worker++) {
            threads.add(Thread.ofVirtual().start(() -> work(job, start)));
        }
        threads.add(
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    await(start);
                                    disturb(job.job, disturbance);
                                }));
        for (var thread : threads) {
            thread.join();
        }
        assertThat(job.job.awaitReady(Duration.ZERO)).as(which).isTrue();
        assertThat(job.decisions()).as(which).isEqualTo(1);
        assertThat(job.state().label())
                .as(which)
                .isIn(
                        switch (disturbance) {
                            case 0 -> new Object[] {"succeeded", "cancelled"};
                            case 1 -> new Object[] {"succeeded", "expired"};
                            case 2 -> new Object[] {"succeeded", "failed"};
                            default -> new Object[] {"succeeded"};
                        });
        assertThat(job.job.next(WORKERS)).as(which).isNull();
    }

    private static void disturb(Job job, int how) {
        switch (how) {
            case 0 -> job.cancel();
            case 1 -> job.lapse(Duration.ofSeconds(1));
            case 2 -> job.broke(new Failure.PoolTerminated("p"));
            default -> job.snapshot();
        }
    }

    /** As a pool does it: what is cancelled may still return, if its value was on the way. */
    private static void work(DrivenJob driven, CyclicBarrier start) {
        await(start);
        var cancelled = ConcurrentHashMap.<Task>newKeySet();
        for (var cut = driven.job.next(WORKERS); cut != null; cut = driven.job.next(WORKERS)) {
            var task = cut.task();
            driven.job.cancelledBy(task, () -> cancelled.add(task));
            driven.job.begun(task, DrivenJob.PID, DrivenJob.NOW);
            if (cancelled.contains(task)) {
                driven.broke(task, new Failure.Cancelled());
            } else if (driven.job.submission().iterable() == null) {
                driven.value(task, "1");
            } else {
                driven.echo(task);
            }
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }
}
