package io.procpool.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.job.ItemError;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.job.JobStore.Found;
import io.procpool.job.JobStore.Query;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.Overloaded;
import io.procpool.problem.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** In memory there is not room for everything: the oldest results go, and that can be asked for. */
class MemoryJobStoreTest extends JobStoreContract {
    private static final long PLENTY = 1L << 40;

    @Override
    JobStore open() {
        return new MemoryJobStore(1_000, 1_000, PLENTY);
    }

    private static void done(JobStore store, int n, String value) {
        store.accept(Records.pending(n));
        finish(store, Records.succeeded(n, value));
    }

    private static Found found(JobStore store, int n) {
        return store.find(Records.id(n));
    }

    private static void assertThere(JobStore store, int... numbers) {
        for (int n : numbers) {
            assertThat(found(store, n)).as("job %d", n).isInstanceOf(Found.There.class);
        }
    }

    private static void assertGone(JobStore store, int... numbers) {
        for (int n : numbers) {
            assertThat(found(store, n)).as("job %d", n).isEqualTo(new Found.Gone());
        }
    }

    @Test
    void when_there_are_too_many_results_the_oldest_are_gone_and_are_not_unknown() {
        var store = new MemoryJobStore(100, 3, PLENTY);
        for (int n = 1; n <= 5; n++) {
            done(store, n, "1");
        }
        assertGone(store, 1, 2);
        assertThere(store, 3, 4, 5);
        assertThat(found(store, 6)).isEqualTo(new Found.Unknown());
        assertThat(store.list(new Query(null, null, null, null, 9))).hasSize(3);
    }

    @Test
    void the_order_is_that_of_the_ends_not_of_the_begins() {
        var store = new MemoryJobStore(100, 2, PLENTY);
        store.accept(Records.pending(1));
        done(store, 2, "1");
        done(store, 3, "1");
        finish(store, Records.succeeded(1, "1"));
        assertGone(store, 2);
        assertThere(store, 1, 3);
    }

    @Test
    void a_job_that_is_not_final_is_never_dropped() {
        var store = new MemoryJobStore(100, 1, 1);
        store.accept(Records.pending(1));
        for (int n = 2; n <= 9; n++) {
            done(store, n, "1");
        }
        assertThere(store, 1, 9);
        finish(store, Records.succeeded(1, "1"));
        assertThere(store, 1);
        assertGone(store, 9);
    }

    @Test
    void results_that_take_too_much_memory_make_the_oldest_go() {
        var value = "\"" + "x".repeat(10_000) + "\"";
        var store = new MemoryJobStore(100, 100, 25_000);
        done(store, 1, value);
        done(store, 2, value);
        assertThere(store, 1, 2);
        done(store, 3, value);
        assertGone(store, 1);
        assertThere(store, 2, 3);
    }

    @Test
    void errors_and_what_tasks_have_printed_take_memory_too() {
        var text = "x".repeat(10_000);
        var raised = new Failure.FunctionRaised(new Failure.Thrown("E", "", text), null);
        for (var end :
                List.of(
                        new JobState.Failed(null, Instant.EPOCH, raised),
                        new JobState.Succeeded(
                                null,
                                Instant.EPOCH,
                                Payload.ofUtf8("[null]"),
                                List.of(new ItemError(0, raised))))) {
            var store = new MemoryJobStore(100, 100, 25_000);
            for (int n = 1; n <= 3; n++) {
                store.accept(Records.pending(n));
                finish(store, Records.with(Records.pending(n), end));
            }
            assertGone(store, 1);
            assertThere(store, 2, 3);
        }
    }

    @Test
    void the_newest_result_stays_however_large_it_is() {
        var store = new MemoryJobStore(100, 100, 5_000);
        done(store, 1, "1");
        done(store, 2, "\"" + "x".repeat(100_000) + "\"");
        assertGone(store, 1);
        assertThere(store, 2);
        done(store, 3, "1");
        assertGone(store, 2);
        assertThere(store, 3);
    }

    @Test
    void a_forgotten_result_is_unknown_not_gone_and_makes_room() {
        var store = new MemoryJobStore(100, 2, PLENTY);
        done(store, 1, "1");
        done(store, 2, "1");
        assertThat(store.forget(Records.id(1))).isTrue();
        done(store, 3, "1");
        assertThere(store, 2, 3);
        done(store, 4, "1");
        assertGone(store, 2);
        assertThat(found(store, 1)).isEqualTo(new Found.Unknown());
        assertThat(store.forget(Records.id(2))).as("there is nothing left of it").isFalse();
    }

    @Test
    void too_many_jobs_that_are_not_final_are_refused_and_not_stored() {
        var store = new MemoryJobStore(2, 100, 7_000);
        store.accept(Records.pending(1));
        store.accept(Records.pending(2));
        assertThatThrownBy(() -> store.accept(Records.pending(3)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.problem()).isInstanceOf(Overloaded.class));
        assertThat(found(store, 3)).isEqualTo(new Found.Unknown());
        finish(store, Records.failed(1));
        store.accept(Records.pending(3));
        store.withdraw(Records.id(2));
        store.accept(Records.pending(4));
        assertThatThrownBy(() -> store.accept(Records.pending(5))).isInstanceOf(Refused.class);
    }

    @Test
    void the_counts_are_right_whatever_comes_in_whatever_order() {
        long seed = new Random().nextInt();
        var random = new Random(seed);
        var store = new MemoryJobStore(10, 20, PLENTY);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            int n = 1 + random.nextInt(60);
            switch (random.nextInt(4)) {
                case 0 -> {
                    try {
                        if (found(store, n) instanceof Found.Unknown) {
                            store.accept(Records.pending(n));
                        }
                    } catch (Refused full) {
                        refused++;
                        assertThat(unfinished(store)).as("seed %d", seed).isEqualTo(10);
                    }
                }
                case 1 -> finish(store, Records.succeeded(n, "1"));
                case 2 -> store.withdraw(Records.id(n));
                default -> store.forget(Records.id(n));
            }
            assertThat(unfinished(store)).as("seed %d", seed).isLessThanOrEqualTo(10);
            assertThat(all(store) - unfinished(store)).as("seed %d", seed).isLessThanOrEqualTo(20);
        }
        assertThat(refused + all(store)).isPositive();
    }

    private static long unfinished(JobStore store) {
        return store.list(new Query(null, "pending", null, null, 1_000)).size();
    }

    private static long all(JobStore store) {
        return store.list(new Query(null, null, null, null, 1_000)).size();
    }
}
