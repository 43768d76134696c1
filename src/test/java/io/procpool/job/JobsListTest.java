package io.procpool.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobStore.Query;
import io.procpool.service.Waiting;
import io.procpool.store.Stores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listing is made of three places, between which jobs move: each job is in it once. */
class JobsListTest {
    private static final Query ALL = Query.all(1_000);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir private Path home;
    private final Hands hands = new Hands(3);
    private Stores.Opened stored;
    private JobStore store;
    private Jobs jobs;

    @BeforeEach
    void begin() throws IOException {
        stored = Stores.open(home);
        store = stored.jobs();
        jobs = JobsTest.jobs(store, hands);
    }

    @AfterEach
    void end() {
        jobs.close();
        hands.close();
        stored.close();
    }

    private UUID submit(String pool, String func, boolean async) {
        var submission = Submissions.apply(pool, func, null, false);
        return async
                ? jobs.accept(Submissions.accepted(submission), null).record().id()
                : jobs.submit(submission).id();
    }

    private void awaitReady(List<UUID> submitted) throws InterruptedException {
        for (var id : submitted) {
            assertThat(jobs.awaitReady(id, LONG).ready()).isTrue();
        }
    }

    /** Sync and accepted ones that are done, and some that run. */
    private List<UUID> many(int count) throws InterruptedException {
        var submitted = new ArrayList<UUID>();
        for (int i = 0; i < count; i++) {
            submitted.add(submit("p" + i % 3, "m.f" + i % 2, i % 4 < 2));
        }
        awaitReady(submitted);
        hands.hold();
        for (int i = 0; i < count; i++) {
            submitted.add(submit("p" + i % 3, "m.f" + i % 2, i % 4 < 2));
        }
        return submitted;
    }

    /** They were made one after another, and their ids are of time. */
    private static List<UUID> newestFirst(List<UUID> submitted) {
        var ids = new ArrayList<>(submitted);
        ids.sort(Comparator.comparing(UUID::toString).reversed());
        return ids;
    }

    private List<JobRecord> records(Query query) {
        return jobs.list(query).jobs();
    }

    private List<UUID> list(Query query) {
        return records(query).stream().map(JobRecord::id).toList();
    }

    private static Query only(String pool, String state, String func) {
        return new Query(pool, state, func, List.of(), null, null, null, 1_000);
    }

    @Test
    void every_job_is_listed_once_the_newest_first() throws InterruptedException {
        var submitted = many(40);
        assertThat(list(ALL)).isEqualTo(newestFirst(submitted));
        assertThat(list(ALL).getFirst()).isEqualTo(submitted.getLast());
    }

    @Test
    void pages_of_any_size_are_the_same_listing() throws InterruptedException {
        var expected = newestFirst(many(25));
        for (int size = 1; size <= 60; size += 7) {
            var paged = new ArrayList<UUID>();
            JobStore.Cursor before = null;
            do {
                var page =
                        jobs.list(new Query(null, null, null, List.of(), null, null, before, size));
                page.jobs().forEach(record -> paged.add(record.id()));
                before = page.next();
            } while (before != null);
            assertThat(paged).as("pages of %d", size).isEqualTo(expected);
        }
    }

    @Test
    void a_filter_leaves_what_matches() throws InterruptedException {
        var submitted = many(24);
        assertThat(records(only("p1", null, null)))
                .hasSize(16)
                .allMatch(record -> record.pool().equals("p1"));
        assertThat(records(only(null, null, "m.f0")))
                .hasSize(24)
                .allMatch(record -> record.func().equals("m.f0"));
        assertThat(list(only(null, "succeeded", null)))
                .isEqualTo(newestFirst(submitted.subList(0, 24)));
        Waiting.until(
                "three run, as many as there are hands",
                () -> records(only(null, "running", null)).size() == 3);
        assertThat(records(only(null, "pending", null)))
                .hasSize(21)
                .allMatch(record -> record.state() instanceof JobState.Pending);
        assertThat(records(only("p1", "failed", null))).isEmpty();
    }

    @Test
    void no_job_is_missing_or_doubled_while_jobs_end_and_are_kept() throws Exception {
        long seed = new Random().nextInt();
        for (int round = 0; round < 40; round++) {
            var random = new Random(seed + round);
            hands.hold();
            var submitted = new ArrayList<UUID>();
            var sync = new ArrayList<Job>();
            var before = list(ALL).size();
            for (int i = 0; i < 10; i++) {
                if (random.nextBoolean()) {
                    submitted.add(submit("p", "m.f", true));
                } else {
                    sync.add(jobs.submit(Submissions.apply("p", "m.f", null, false)));
                    submitted.add(sync.getLast().id());
                }
            }
            var ends =
                    CompletableFuture.runAsync(
                            () -> {
                                sync.stream().filter(_ -> random.nextBoolean()).forEach(jobs::keep);
                                hands.letGo();
                            });
            do {
                assertThat(list(ALL))
                        .as("seed %d, round %d", seed, round)
                        .hasSize(before + 10)
                        .doesNotHaveDuplicates()
                        .containsAll(submitted);
            } while (!ends.isDone()
                    || submitted.stream().anyMatch(id -> !jobs.require(id).ready()));
            ends.join();
            awaitReady(submitted);
        }
    }

    @Test
    void a_job_that_is_kept_while_it_ends_is_where_it_was_promised() throws Exception {
        long seed = new Random().nextInt();
        for (int round = 0; round < 500; round++) {
            var job = jobs.submit(Submissions.apply("p", "m.f", null, false));
            long until = System.nanoTime() + new Random(seed + round).nextInt(50_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            var kept = !job.snapshot().ready() && jobs.keep(job);
            assertThat(job.awaitReady(LONG)).isTrue();
            assertThat(jobs.require(job.id()).successful())
                    .as("seed %d, round %d", seed, round)
                    .isTrue();
            assertThat(store.find(job.id()) instanceof JobStore.Found.There)
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(kept);
        }
    }
}
