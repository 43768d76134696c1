package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobStore.Query;
import io.procpool.service.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The listing is made of three places, between which jobs move: each job is in it once. */
class JobsListTest {
    private static final Query ALL = new Query(null, null, null, null, 1_000);

    private final Hands hands = new Hands(3);
    private final JobStore store = JobsTest.store();
    private final Jobs jobs =
            new Jobs(store, hands, Clock.systemUTC(), Submissions.LIMITS, List.of());

    @AfterEach
    void end() {
        jobs.close();
        hands.close();
    }

    private Job submit(String pool, String func, boolean async) {
        return jobs.submit(Submissions.apply(pool, func, null, false), async);
    }

    private void awaitNoneLive(List<Job> submitted) throws InterruptedException {
        for (var job : submitted) {
            Waiting.until("it is not live any more", () -> jobs.live(job.id()).isEmpty());
        }
    }

    /** Sync and async ones that are done, and some that run. */
    private List<Job> many(int count) throws InterruptedException {
        var submitted = new ArrayList<Job>();
        for (int i = 0; i < count; i++) {
            submitted.add(submit("p" + i % 3, "m.f" + i % 2, i % 4 < 2));
        }
        awaitNoneLive(submitted);
        hands.hold();
        for (int i = 0; i < count; i++) {
            submitted.add(submit("p" + i % 3, "m.f" + i % 2, i % 4 < 2));
        }
        return submitted;
    }

    private static List<UUID> newestFirst(List<Job> submitted) {
        var ids = new ArrayList<>(submitted.stream().map(Job::id).toList());
        ids.sort(Collections.reverseOrder());
        return ids;
    }

    private List<UUID> list(Query query) {
        return jobs.list(query).stream().map(JobRecord::id).toList();
    }

    @Test
    void every_job_is_listed_once_the_newest_first() throws InterruptedException {
        var submitted = many(40);
        assertThat(list(ALL)).isEqualTo(newestFirst(submitted));
        assertThat(list(ALL).getFirst()).isEqualTo(submitted.getLast().id());
    }

    @Test
    void pages_of_any_size_are_the_same_listing() throws InterruptedException {
        var expected = newestFirst(many(25));
        for (int size = 1; size <= 60; size += 7) {
            var paged = new ArrayList<UUID>();
            UUID before = null;
            while (true) {
                var page = list(new Query(null, null, null, before, size));
                paged.addAll(page);
                if (page.size() < size) {
                    break;
                }
                before = page.getLast();
            }
            assertThat(paged).as("pages of %d", size).isEqualTo(expected);
        }
    }

    @Test
    void a_filter_leaves_what_matches() throws InterruptedException {
        var submitted = many(24);
        assertThat(jobs.list(new Query("p1", null, null, null, 1_000)))
                .hasSize(16)
                .allMatch(record -> record.pool().equals("p1"));
        assertThat(jobs.list(new Query(null, null, "m.f0", null, 1_000)))
                .hasSize(24)
                .allMatch(record -> record.func().equals("m.f0"));
        assertThat(list(new Query(null, "succeeded", null, null, 1_000)))
                .isEqualTo(newestFirst(submitted.subList(0, 24)));
        Waiting.until(
                "three run, as many as there are hands",
                () -> jobs.list(new Query(null, "running", null, null, 1_000)).size() == 3);
        assertThat(jobs.list(new Query(null, "pending", null, null, 1_000)))
                .hasSize(21)
                .allMatch(record -> record.state() instanceof JobState.Pending);
        assertThat(jobs.list(new Query("p1", "failed", null, null, 1_000))).isEmpty();
    }

    @Test
    void no_job_is_missing_or_doubled_while_jobs_end_and_are_kept() throws Exception {
        long seed = new Random().nextInt();
        for (int round = 0; round < 40; round++) {
            var random = new Random(seed + round);
            hands.hold();
            var submitted = new ArrayList<Job>();
            var before = list(ALL).size();
            for (int i = 0; i < 10; i++) {
                submitted.add(submit("p", "m.f", random.nextBoolean()));
            }
            var ends =
                    CompletableFuture.runAsync(
                            () -> {
                                for (var job : submitted) {
                                    if (random.nextBoolean()) {
                                        jobs.keep(job);
                                    }
                                }
                                hands.letGo();
                            });
            do {
                assertThat(list(ALL))
                        .as("seed %d, round %d", seed, round)
                        .hasSize(before + 10)
                        .doesNotHaveDuplicates()
                        .containsAll(submitted.stream().map(Job::id).toList());
            } while (!ends.isDone() || submitted.stream().anyMatch(job -> !ready(job)));
            ends.join();
            awaitNoneLive(submitted);
        }
    }

    private static boolean ready(Job job) {
        return job.snapshot().ready();
    }

    @Test
    void a_job_that_is_kept_while_it_ends_is_where_it_was_promised() throws Exception {
        long seed = new Random().nextInt();
        for (int round = 0; round < 500; round++) {
            var job = submit("p", "m.f", false);
            long until = System.nanoTime() + new Random(seed + round).nextInt(50_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            var kept = !job.snapshot().ready() && jobs.keep(job);
            assertThat(job.awaitReady(Duration.ofSeconds(60))).isTrue();
            awaitNoneLive(List.of(job));
            assertThat(jobs.require(job.id()).successful())
                    .as("seed %d, round %d", seed, round)
                    .isTrue();
            assertThat(store.find(job.id()) instanceof JobStore.Found.There)
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(kept);
        }
    }
}
