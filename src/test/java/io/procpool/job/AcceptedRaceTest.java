package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Accepted jobs while tasks crash and end, claims and ends are being written, and somebody cancels or terminates: each step is written before it counts, and there is one outcome. */
class AcceptedRaceTest {
    private static final int ROUNDS = Boolean.getBoolean("procpool.deep") ? 10_000 : 300;
    private static final int WORKERS = 3;
    private static final Failure CRASH = new Failure.WorkerLost("crash_exit", 7, null, "");
    private static final Pattern RUN = Pattern.compile("(\\d+)#(\\d+)");

    @Test
    void whatever_comes_at_once_each_step_is_written_before_it_counts_and_there_is_one_outcome()
            throws Exception {
        long seed = new Random().nextInt();
        for (int round = 0; round < ROUNDS; round++) {
            new Race(seed + round).run();
        }
    }

    private static final class Race {
        private final Random random;
        private final String which;
        private final Ledger ledger = new Ledger();
        private final DrivenJob driven;
        private final AtomicBoolean over = new AtomicBoolean();
        private final CountDownLatch start = new CountDownLatch(1);
        private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        private final Map<String, Boolean> handedOut = new ConcurrentHashMap<>();

        Race(long seed) {
            random = new Random(seed);
            which = "seed " + seed;
            var plain =
                    switch (random.nextInt(3)) {
                        case 0 -> Submissions.apply();
                        case 1 -> Submissions.map(1 + random.nextInt(40), 1 + random.nextInt(3));
                        default ->
                                Submissions.collectingMap(
                                        1 + random.nextInt(40), 1 + random.nextInt(3));
                    };
            driven =
                    new DrivenJob(
                            random.nextInt(4) == 0
                                    ? Submissions.once(plain)
                                    : Submissions.accepted(plain),
                            ledger.heldBack());
        }

        void run() throws InterruptedException {
            int disturbance = random.nextInt(5);
            var writer = Thread.ofPlatform().start(() -> guarded(this::write));
            var threads = new ArrayList<Thread>();
            for (int worker = 0; worker < WORKERS; worker++) {
                var mine = new Random(random.nextLong());
                threads.add(Thread.ofPlatform().start(() -> guarded(() -> work(mine))));
            }
            threads.add(Thread.ofPlatform().start(() -> guarded(() -> disturb(disturbance))));
            start.countDown();
            for (var thread : threads) {
                thread.join();
            }
            over.set(true);
            writer.join();
            assertThat(wrong).as(which).isEmpty();
            assertThat(driven.job.awaitReady(Duration.ZERO)).as(which).isTrue();
            assertThat(driven.decisions()).as(which).isOne();
            attemptsAreWithoutGap();
            placesAreInOrder();
        }

        private void guarded(Runnable action) {
            try {
                start.await();
                action.run();
            } catch (InterruptedException | RuntimeException | AssertionError problem) {
                wrong.add(problem);
            }
        }

        private void write() {
            while (!over.get()) {
                if (!ledger.writeIfAny()) {
                    Thread.onSpinWait();
                }
            }
        }

        private void disturb(int how) {
            switch (how) {
                case 0 -> driven.job.cancel();
                case 1 -> driven.job.broke(new Failure.PoolTerminated("p"));
                case 2 -> driven.job.lapse(Duration.ofSeconds(1));
                default -> driven.job.snapshot();
            }
        }

        private void work(Random mine) {
            while (!driven.job.isOver()) {
                var cut = driven.job.next(WORKERS);
                if (cut == null) {
                    Thread.onSpinWait();
                } else {
                    run(cut.task(), mine);
                }
            }
        }

        private void run(Task task, Random mine) {
            assertThat(ledger.isClaimed(task)).as("it is claimed").isTrue();
            var run = task.number() + "#" + task.attempt();
            assertThat(handedOut.put(run, true)).as("%s is handed out once", run).isNull();
            var cancelled = new AtomicBoolean();
            driven.job.cancelledBy(task, () -> cancelled.set(true));
            driven.job.begun(task, DrivenJob.PID, DrivenJob.NOW);
            if (cancelled.get()) {
                driven.broke(task, new Failure.Cancelled());
            } else if (mine.nextInt(4) == 0) {
                driven.broke(task, CRASH);
            } else if (driven.job.submission().iterable() == null) {
                driven.value(task, "1");
            } else {
                driven.echo(task);
            }
        }

        private void attemptsAreWithoutGap() {
            var last = new HashMap<Integer, Integer>();
            for (var line : ledger.asked()) {
                if (line.startsWith("claim ")) {
                    RUN.matcher(line)
                            .results()
                            .forEach(
                                    run -> {
                                        int number = Integer.parseInt(run.group(1));
                                        int attempt = Integer.parseInt(run.group(2));
                                        assertThat(attempt)
                                                .as("%s: attempts of %d", which, number)
                                                .isEqualTo(last.getOrDefault(number, 0) + 1);
                                        last.put(number, attempt);
                                    });
                }
            }
        }

        private void placesAreInOrder() {
            var places =
                    ledger.asked().stream()
                            .filter(line -> line.startsWith("ended "))
                            .map(line -> Integer.parseInt(line.replaceAll(".* at (\\d+):.*", "$1")))
                            .toList();
            var expected = new ArrayList<Integer>();
            for (int place = 0; place < places.size(); place++) {
                expected.add(place);
            }
            assertThat(places).as(which).isEqualTo(List.copyOf(expected));
        }
    }
}
