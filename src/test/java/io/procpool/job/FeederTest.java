package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobStore.Batch;
import io.procpool.job.JobStore.Claimed;
import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import io.procpool.service.Waiting;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever comes, goes and waits at once: nothing that waits is forgotten, and no more are in memory than may be. */
class FeederTest {
    private static final int ROUNDS = Boolean.getBoolean("procpool.deep") ? 200 : 5;
    private static final String POOL = "pool";

    /** What waits, by pool; a job is no more than an id here. */
    private final Map<String, ConcurrentLinkedQueue<Claimed>> waiting = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<Claimed> taken = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inMemory = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final List<String> dropped = new ArrayList<>();
    private final Hands hands = new Hands(0);
    private final AtomicReference<RuntimeException> trouble = new AtomicReference<>();
    private volatile Runnable whileAsked = () -> {};
    private volatile Instant nextDue;
    private volatile long room = Long.MAX_VALUE;
    private final Feeder feeder = new Feeder(store(), hands, new Hand(), Clock.systemUTC());

    @AfterEach
    void end() {
        feeder.close();
    }

    private final class Hand implements Feeder.Taker {
        @Override
        public long room() {
            return room;
        }

        @Override
        public void take(Claimed claimed) {
            taken.add(claimed);
            count();
        }

        @Override
        public void lapse(Instant now) {}

        @Override
        public void drop(String pool) {
            long before = feeder.lines().arrivals(pool);
            queue(pool).clear();
            dropped.add(pool);
            feeder.dropped(pool, before);
        }
    }

    /** It can be asked for what waits, and for nothing else. */
    private JobStore store() {
        return (JobStore)
                Proxy.newProxyInstance(
                        JobStore.class.getClassLoader(),
                        new Class<?>[] {JobStore.class},
                        (_, method, arguments) ->
                                switch (method.getName()) {
                                    case "pools" -> List.copyOf(waiting.keySet());
                                    case "claim" ->
                                            claim((String) arguments[0], (int) arguments[2]);
                                    default -> throw new AssertionError(method.getName());
                                });
    }

    private Batch claim(String pool, int limit) {
        if (pool.equals(POOL) && trouble.get() != null) {
            throw trouble.get();
        }
        var jobs = new ArrayList<Claimed>();
        for (var next = queue(pool).poll(); next != null; next = queue(pool).poll()) {
            jobs.add(next);
            if (jobs.size() == limit) {
                return new Batch(jobs, !queue(pool).isEmpty(), null);
            }
        }
        whileAsked.run();
        return new Batch(jobs, false, nextDue);
    }

    private ConcurrentLinkedQueue<Claimed> queue(String pool) {
        return waiting.computeIfAbsent(pool, _ -> new ConcurrentLinkedQueue<>());
    }

    private static Claimed job() {
        var id = UUID.randomUUID();
        var submission = Submissions.accepted(Submissions.apply());
        var record = Keeper.waiting(new Job.Identity(id, DrivenJob.NOW, null), submission);
        return new Claimed(
                record, submission, new Ticket(id, 1), true, List.of(), Optional.empty(), 0);
    }

    private void arrives(String pool) {
        queue(pool).add(job());
        feeder.lines().arrived(pool, 0);
    }

    private void awaitTaken(int jobs) throws InterruptedException {
        Waiting.until(jobs + " are taken", () -> taken.size() == jobs);
    }

    @Test
    void what_waited_when_the_service_started_is_fetched() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            queue("p" + i % 2).add(job());
        }
        feeder.start();
        awaitTaken(5);
        Waiting.until("both are drained", () -> hands.drained().size() == 2);
        assertThat(feeder.lines().waiting("p0")).isFalse();
    }

    @Test
    void no_more_are_in_memory_than_the_window_whatever_waits() throws InterruptedException {
        for (int i = 0; i < 3 * Line.WINDOW; i++) {
            queue(POOL).add(job());
        }
        feeder.start();
        awaitTaken(Line.WINDOW);
        assertThat(feeder.lines().enter(POOL, 0)).isFalse();
        for (int left = 0; left < Line.WINDOW / 4; left++) {
            assertThat(taken).hasSize(Line.WINDOW);
            feeder.lines().leave(POOL);
        }
        awaitTaken(Line.WINDOW + Line.WINDOW / 4);
        assertThat(feeder.lines().waiting(POOL)).isTrue();
    }

    @Test
    void one_that_comes_while_the_store_says_that_there_is_none_is_not_forgotten()
            throws InterruptedException {
        var once = new AtomicInteger();
        whileAsked =
                () -> {
                    if (once.getAndIncrement() == 0) {
                        arrives(POOL);
                    }
                };
        feeder.start();
        arrives(POOL);
        awaitTaken(2);
        Waiting.until("it is drained", () -> !feeder.lines().waiting(POOL));
    }

    @Test
    void a_pool_has_what_was_fetched_for_it_before_it_is_told_that_nothing_waits()
            throws InterruptedException {
        feeder.start();
        for (int jobs = 1; jobs <= 50; jobs++) {
            arrives(POOL);
            while (feeder.lines().waiting(POOL)) {
                Thread.onSpinWait();
            }
            assertThat(taken).as("nothing waits any more").hasSize(jobs);
        }
    }

    @Test
    void what_is_due_later_is_fetched_then_and_new_ones_need_not_wait_for_it()
            throws InterruptedException {
        nextDue = Instant.now().plus(Duration.ofMillis(200));
        feeder.start();
        feeder.lines().arrived(POOL, 0);
        Waiting.until("it was asked for", () -> feeder.lines().enter(POOL, 0));
        assertThat(feeder.lines().waiting(POOL)).isTrue();
        queue(POOL).add(job());
        nextDue = null;
        awaitTaken(1);
        Waiting.until("it is drained", () -> !feeder.lines().waiting(POOL));
    }

    @Test
    void where_memory_for_bodies_is_short_one_is_run_at_a_time() throws InterruptedException {
        room = -1;
        for (int i = 0; i < 3; i++) {
            queue(POOL).add(job());
        }
        feeder.start();
        for (int jobs = 1; jobs <= 3; jobs++) {
            awaitTaken(jobs);
            feeder.lines().look();
            assertThat(taken).hasSize(jobs);
            feeder.lines().leave(POOL);
        }
    }

    @Test
    void a_pool_that_is_not_there_is_waited_for_and_one_that_is_no_more_loses_what_waits()
            throws InterruptedException {
        hands.fate(Workers.Fate.WAIT);
        feeder.start();
        arrives(POOL);
        hands.fate(Workers.Fate.RUN);
        feeder.lines().look();
        awaitTaken(1);
        hands.fate(Workers.Fate.END);
        arrives("gone");
        Waiting.until("it is dropped", () -> !feeder.lines().waiting("gone"));
        assertThat(dropped).containsExactly("gone");
        assertThat(taken).hasSize(1);
    }

    @Test
    void what_comes_while_others_are_dropped_is_not_forgotten() throws InterruptedException {
        feeder.start();
        hands.fate(Workers.Fate.WAIT);
        arrives(POOL);
        long before = feeder.lines().arrivals(POOL);
        queue(POOL).clear();
        arrives(POOL); // for a new pool of that name
        feeder.dropped(POOL, before);
        hands.fate(Workers.Fate.RUN);
        feeder.lines().look();
        awaitTaken(1);
    }

    @Test
    void a_pool_whose_jobs_can_not_be_read_holds_up_no_other() throws InterruptedException {
        trouble.set(new IllegalStateException("a row is broken"));
        feeder.start();
        arrives(POOL);
        arrives("other");
        awaitTaken(1);
        trouble.set(new Refused(new Refusal.StoreFailed(Duration.ofSeconds(1))));
        arrives("other");
        awaitTaken(2);
        trouble.set(null);
        feeder.lines().look();
        awaitTaken(3);
    }

    @Test
    void nothing_is_fetched_and_nothing_goes_past_the_store_once_it_is_stopped() {
        feeder.start();
        feeder.lines().stop();
        arrives(POOL);
        assertThat(feeder.lines().enter(POOL, 0)).isFalse();
        assertThat(feeder.lines().waiting(POOL)).isFalse();
        feeder.close();
        assertThat(taken).isEmpty();
    }

    @Test
    void whatever_comes_and_goes_at_once_nothing_is_forgotten_and_the_window_is_kept()
            throws InterruptedException {
        feeder.start();
        long seed = new Random().nextInt();
        for (int round = 0; round < ROUNDS; round++) {
            round(seed + round, "p" + round);
        }
    }

    private void round(long seed, String pool) throws InterruptedException {
        int before = taken.size();
        inMemory.set(0);
        most.set(0);
        var stored = new AtomicInteger();
        var start = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int number = 0; number < 4; number++) {
            var random = new Random(seed * 31 + number);
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        awaitStart(start);
                                        for (int i = 0; i < 2_000; i++) {
                                            come(pool, random, stored);
                                        }
                                    }));
        }
        start.countDown();
        for (var thread : threads) {
            thread.join();
        }
        Waiting.until(
                "all of seed " + seed + " are taken",
                () -> {
                    while (inMemory.get() > 0) {
                        end(pool);
                    }
                    return taken.size() - before == stored.get();
                });
        assertThat(stored.get()).as("seed %d", seed).isBetween(1, 7_999);
        assertThat(most.get()).as("seed %d", seed).isBetween(Line.WINDOW / 2, Line.WINDOW);
        Waiting.until("it is drained", () -> !feeder.lines().waiting(pool));
        assertThat(feeder.lines().enter(pool, 0)).isTrue();
    }

    /** One comes, and goes past the store or into it; now and then one of those in memory ends. */
    private void come(String pool, Random random, AtomicInteger stored) {
        if (feeder.lines().enter(pool, 0)) {
            count();
        } else {
            stored.incrementAndGet();
            arrives(pool);
        }
        if (random.nextInt(10) < 6) {
            end(pool);
        }
    }

    private void count() {
        most.accumulateAndGet(inMemory.incrementAndGet(), Math::max);
    }

    private void end(String pool) {
        if (inMemory.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            feeder.lines().leave(pool);
        }
    }

    private static void awaitStart(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
