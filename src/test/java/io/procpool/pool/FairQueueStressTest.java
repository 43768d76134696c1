package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many threads at one queue. A wake-up that gets lost shows as takers that sleep while there is work: nothing else would ever wake
 * them, and the round does not end.
 */
class FairQueueStressTest {
    private static final int ROUNDS = Boolean.getBoolean("procpool.deep") ? 2_000 : 120;
    private static final int TAKERS = 6;
    private static final int OFFERERS = 4;
    private static final int WORKS = 30;

    private final long firstSeed = new Random().nextInt();
    private volatile boolean over;

    /** Takes calls as a slot does: polls, sleeps until it is woken, now and then goes away and comes back. */
    private final class Taker implements FairQueue.Taker, Runnable {
        private final FairQueue queue;
        private final Random random;
        private final Map<String, Integer> taken;
        private final Thread thread = Thread.ofPlatform().daemon().unstarted(this);
        private volatile boolean woken;

        Taker(FairQueue queue, long seed, Map<String, Integer> taken) {
            this.queue = queue;
            this.random = new Random(seed);
            this.taken = taken;
        }

        @Override
        public void wake() {
            woken = true;
            LockSupport.unpark(thread);
        }

        private void sleep() {
            while (!woken && !over) {
                LockSupport.park(this);
            }
            woken = false;
        }

        @Override
        public void run() {
            while (!over) {
                if (random.nextInt(10) == 0) {
                    queue.leave(this); // its worker is replaced
                    while (!over && queue.waitFor(this)) {
                        sleep();
                    }
                }
                var call = queue.poll(this, TAKERS);
                if (call == null) {
                    sleep();
                } else {
                    taken.merge(call.reference(), 1, Integer::sum);
                }
            }
        }
    }

    @Test
    void every_call_is_taken_exactly_once_and_no_taker_sleeps_while_there_is_work()
            throws InterruptedException {
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            round(seed);
        }
    }

    private void round(long seed) throws InterruptedException {
        over = false;
        var queue = new FairQueue("p");
        var taken = new ConcurrentHashMap<String, Integer>();
        var expected = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        var takers = new ArrayList<Taker>();
        for (int i = 0; i < TAKERS; i++) {
            takers.add(new Taker(queue, seed * 31 + i, taken));
        }
        takers.forEach(taker -> taker.thread.start());
        for (int i = 0; i < OFFERERS; i++) {
            int number = i;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            offer(
                                                    queue,
                                                    new Random(seed * 17 + number),
                                                    number,
                                                    expected)));
        }
        for (var thread : threads) {
            thread.join();
        }
        try {
            Waiting.until(
                    "all calls of seed " + seed + " are taken",
                    () -> taken.size() == expected.get());
        } finally {
            over = true;
            takers.forEach(Taker::wake);
        }
        for (var taker : takers) {
            taker.thread.join();
        }
        assertThat(taken.values()).as("seed %d", seed).containsOnly(1);
        assertThat(queue.drained()).as("seed %d", seed).isTrue();
        assertThat(queue.size()).as("seed %d", seed).isZero();
    }

    private static void offer(FairQueue queue, Random random, int number, AtomicInteger expected) {
        for (int i = 0; i < WORKS; i++) {
            int calls = random.nextInt(4) == 0 ? random.nextInt(12) : 1;
            expected.addAndGet(calls);
            var work = new Sheaf(number + "/" + i + "/", calls, random.nextInt(3) - 1);
            queue.offer(random.nextBoolean() ? work : work.async(), Integer.MAX_VALUE);
            if (random.nextInt(3) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void works_that_are_removed_while_they_are_taken_end_and_leave_no_place_taken()
            throws InterruptedException {
        for (long seed = firstSeed; seed < firstSeed + ROUNDS; seed++) {
            over = false;
            var queue = new FairQueue("p");
            var taken = new ConcurrentHashMap<String, Integer>();
            var taker = new Taker(queue, seed, taken);
            taker.thread.start();
            List<Sheaf> works =
                    IntStream.range(0, WORKS).mapToObj(i -> Sheaf.of(i + "/", 3)).toList();
            for (var work : works) {
                queue.offer(work, Integer.MAX_VALUE);
                queue.remove(work);
            }
            Waiting.until("the queue is drained", queue::drained);
            over = true;
            taker.wake();
            taker.thread.join();
            assertThat(taken.values()).as("seed %d", seed).allMatch(times -> times == 1);
            queue.offer(Sheaf.of("fits", 1), 1); // else a place would be taken for ever
            assertThat(queue.poll(taker, 1).reference()).isEqualTo("fits0");
        }
    }
}
