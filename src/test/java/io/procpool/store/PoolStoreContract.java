package io.procpool.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.payload.Payload;
import io.procpool.pool.PoolSpec;
import io.procpool.pool.PoolState;
import io.procpool.pool.PoolStore;
import io.procpool.pool.PoolStore.StoredPool;
import io.procpool.runtime.WorkerKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link PoolStore} promises. Each adapter's test extends this. */
abstract class PoolStoreContract {
    private static final PoolSpec PLAIN = PoolSpec.defaults("python", 4);

    /** Nothing in it is a default. */
    private static final PoolSpec FULL =
            new PoolSpec(
                    "python",
                    WorkerKind.PROCESS,
                    List.of(),
                    7,
                    "m.init",
                    Payload.ofUtf8("[1, \"é\", 12345678901234567890]"),
                    3,
                    1L << 33,
                    Duration.ofMillis(1_500),
                    Duration.ofNanos(1),
                    "spawn",
                    List.of("json", "a.b"),
                    Map.of("A", "b=c", "EMPTY", ""),
                    null,
                    Duration.ZERO,
                    Duration.ofDays(1),
                    1);

    /** An empty store, the same for one test. */
    abstract PoolStore store();

    private static StoredPool stored(String name, PoolSpec spec, PoolState state) {
        return new StoredPool(name, spec, state);
    }

    @Test
    void a_pool_is_read_as_it_was_written() {
        for (var spec : List.of(PLAIN, FULL)) {
            for (var state : PoolState.values()) {
                var pool = stored("p", spec, state);
                store().put(pool);
                assertThat(store().find("p")).contains(pool);
            }
        }
    }

    @Test
    void a_pool_that_is_written_anew_replaces_the_old_one() {
        store().put(stored("p", PLAIN, PoolState.RUN));
        store().put(stored("p", FULL, PoolState.CLOSE));
        assertThat(store().all()).containsExactly(stored("p", FULL, PoolState.CLOSE));
    }

    @Test
    void a_pool_that_nobody_wrote_is_not_there() {
        store().put(stored("p", PLAIN, PoolState.RUN));
        assertThat(store().find("q")).isEmpty();
        assertThat(store().find("P")).as("names have upper and lower case").isEmpty();
        assertThat(store().forget("q")).isFalse();
    }

    @Test
    void a_forgotten_pool_is_not_there_any_more() {
        store().put(stored("p", PLAIN, PoolState.TERMINATE));
        store().put(stored("q", PLAIN, PoolState.RUN));
        assertThat(store().forget("p")).isTrue();
        assertThat(store().forget("p")).isFalse();
        assertThat(store().find("p")).isEmpty();
        assertThat(store().all()).extracting(StoredPool::name).containsExactly("q");
    }

    @Test
    void all_pools_are_listed_by_name() {
        assertThat(store().all()).isEmpty();
        for (var name : List.of("b", "a.2", "a-1", "Z", "a", "10", "9")) {
            store().put(stored(name, PLAIN, PoolState.RUN));
        }
        assertThat(store().all())
                .extracting(StoredPool::name)
                .containsExactly("10", "9", "Z", "a", "a-1", "a.2", "b");
    }
}
