package io.procpool.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Found;
import io.procpool.job.JobStore.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link JobStore} promises. Each adapter's test extends this. */
abstract class JobStoreContract {
    private static final Query ALL = new Query(null, null, null, null, 1_000);

    private final JobStore store = open();

    /** An empty store with room for a thousand jobs. */
    abstract JobStore open();

    JobStore store() {
        return store;
    }

    static void finish(JobStore store, JobRecord record) {
        store.finish(record).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void accepted(JobRecord... records) {
        for (var record : records) {
            store.accept(record);
        }
    }

    private static List<UUID> ids(int... numbers) {
        return IntStream.of(numbers).mapToObj(Records::id).toList();
    }

    private List<UUID> list(Query query) {
        return store.list(query).stream().map(JobRecord::id).toList();
    }

    @Test
    void an_accepted_job_is_there() {
        accepted(Records.pending(1));
        assertThat(store.find(Records.id(1))).isEqualTo(new Found.There(Records.pending(1)));
        assertThat(store.list(ALL)).containsExactly(Records.pending(1));
    }

    @Test
    void an_id_that_was_never_accepted_is_unknown() {
        accepted(Records.pending(1));
        assertThat(store.find(Records.id(2))).isEqualTo(new Found.Unknown());
        assertThat(store.find(new UUID(0, 0))).isEqualTo(new Found.Unknown());
        assertThat(store.find(new UUID(-1, -1))).isEqualTo(new Found.Unknown());
    }

    @Test
    void a_withdrawn_job_was_never_there() {
        accepted(Records.pending(1), Records.pending(2));
        store.withdraw(Records.id(1));
        store.withdraw(Records.id(3));
        assertThat(store.find(Records.id(1))).isEqualTo(new Found.Unknown());
        assertThat(list(ALL)).isEqualTo(ids(2));
        accepted(Records.pending(1));
        assertThat(list(ALL)).isEqualTo(ids(2, 1));
    }

    @Test
    void a_final_record_is_read_as_it_was_written() {
        int n = 0;
        for (var end : Records.ends()) {
            n++;
            var record = Records.with(Records.pending(n), end);
            accepted(Records.pending(n));
            finish(store, record);
            assertThat(store.find(Records.id(n))).isEqualTo(new Found.There(record));
        }
        assertThat(store.list(ALL)).hasSize(n).allMatch(JobRecord::ready);
    }

    @Test
    void the_first_final_record_stays() {
        accepted(Records.pending(1));
        var first = Records.succeeded(1, "1");
        finish(store, first);
        finish(store, Records.succeeded(1, "2"));
        finish(store, Records.failed(1));
        assertThat(store.find(Records.id(1))).isEqualTo(new Found.There(first));
    }

    @Test
    void the_end_of_a_job_that_was_never_accepted_changes_nothing() {
        finish(store, Records.succeeded(1, "1"));
        assertThat(store.find(Records.id(1))).isEqualTo(new Found.Unknown());
        assertThat(store.list(ALL)).isEmpty();
        accepted(Records.pending(2));
        store.withdraw(Records.id(2));
        finish(store, Records.succeeded(2, "1"));
        assertThat(store.find(Records.id(2))).isEqualTo(new Found.Unknown());
    }

    /** G4: one visible final outcome, the same on every later read. */
    @Test
    void of_many_ends_at_once_one_wins_and_every_read_has_it() {
        for (int n = 1; n <= 50; n++) {
            int job = n;
            accepted(Records.pending(job));
            var ends =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    i ->
                                            CompletableFuture.supplyAsync(
                                                    () -> {
                                                        finish(
                                                                store,
                                                                Records.succeeded(job, "" + i));
                                                        return store.find(Records.id(job));
                                                    }))
                            .toList();
            var seen = ends.stream().map(CompletableFuture::join).distinct().toList();
            assertThat(seen).hasSize(1);
            assertThat(store.find(Records.id(job))).isEqualTo(seen.getFirst());
        }
    }

    @Test
    void a_final_job_can_be_forgotten_once() {
        accepted(Records.pending(1), Records.pending(2));
        finish(store, Records.failed(1));
        assertThat(store.forget(Records.id(1))).isTrue();
        assertThat(store.find(Records.id(1))).isEqualTo(new Found.Unknown());
        assertThat(store.forget(Records.id(1))).isFalse();
        assertThat(list(ALL)).isEqualTo(ids(2));
    }

    @Test
    void a_job_that_is_not_final_is_not_forgotten() {
        accepted(Records.pending(1));
        assertThat(store.forget(Records.id(1))).isFalse();
        assertThat(store.forget(Records.id(2))).isFalse();
        assertThat(store.find(Records.id(1))).isEqualTo(new Found.There(Records.pending(1)));
    }

    @Test
    void a_listing_has_the_newest_first_and_no_more_than_its_limit() {
        var order = new ArrayList<>(IntStream.rangeClosed(1, 20).boxed().toList());
        java.util.Collections.shuffle(order, new Random(7));
        order.forEach(n -> accepted(Records.pending(n)));
        assertThat(list(ALL))
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> Records.id(20 - i)).toList());
        assertThat(list(new Query(null, null, null, null, 3))).isEqualTo(ids(20, 19, 18));
        assertThat(list(new Query(null, null, null, Records.id(18), 3))).isEqualTo(ids(17, 16, 15));
        assertThat(list(new Query(null, null, null, Records.id(2), 3))).isEqualTo(ids(1));
        assertThat(list(new Query(null, null, null, Records.id(1), 3))).isEmpty();
        assertThat(list(new Query(null, null, null, Records.id(99), 1))).isEqualTo(ids(20));
    }

    @Test
    void a_listing_can_be_filtered_by_pool_state_and_function() {
        accepted(
                Records.of(1, "a", "m.f", new JobState.Pending()),
                Records.of(2, "b", "m.f", new JobState.Pending()),
                Records.of(3, "a", "m.g", new JobState.Pending()),
                Records.pending(4),
                Records.pending(5));
        finish(store, Records.succeeded(4, "1"));
        finish(store, Records.failed(5));
        assertThat(list(new Query("a", null, null, null, 9))).isEqualTo(ids(3, 1));
        assertThat(list(new Query(null, null, "m.g", null, 9))).isEqualTo(ids(3));
        assertThat(list(new Query("a", null, "m.f", null, 9))).isEqualTo(ids(1));
        assertThat(list(new Query(null, "succeeded", null, null, 9))).isEqualTo(ids(4));
        assertThat(list(new Query(null, "failed", null, null, 9))).isEqualTo(ids(5));
        assertThat(list(new Query(null, "pending", null, null, 2))).isEqualTo(ids(3, 2));
        assertThat(list(new Query("b", "failed", null, null, 9))).isEmpty();
        assertThat(list(new Query("a", null, null, Records.id(3), 9))).isEqualTo(ids(1));
    }
}
