package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.problem.Failure;
import io.procpool.problem.Refused;
import io.procpool.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of work that waits for pools outside of their queues, when these begin and end. */
class PoolsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Failure OVER = new Failure.PoolTerminated("extra");

    @TempDir private Path home;
    private final Shelf shelf = new Shelf();
    private Stores.Opened stored;
    private PoolStore store;
    private Pools pools;

    @BeforeEach
    void begin() throws Exception {
        stored = Stores.open(home);
        store = stored.pools();
        pools = PythonPool.pools(store, shelf);
        pools.afterSingletonsInstantiated();
        pools.start();
    }

    @AfterEach
    void end() {
        pools.stop();
        stored.close();
    }

    private void next() throws Exception {
        end();
        begin();
    }

    private Pool extra() {
        return pools.put("extra", PythonPool.spec(1), _ -> {}).pool();
    }

    private static Asked asked() {
        return new Asked("math.factorial", "[5]", null);
    }

    @Test
    void what_waits_elsewhere_hears_of_pools_that_come_and_of_the_end_of_the_service() {
        extra();
        assertThat(shelf.heard()).containsExactly("opened default", "opened extra");
        pools.stop();
        assertThat(shelf.heard().getLast()).isEqualTo("suspend");
    }

    @Test
    void a_closed_pool_runs_what_waits_for_it_elsewhere_before_it_ends() throws Exception {
        var pool = extra();
        var waits = asked();
        shelf.put("extra", waits);
        pools.close("extra");
        assertThat(pool.join(Duration.ofMillis(100))).as("it is not drained").isFalse();
        assertThatThrownBy(() -> pool.submit(asked())).isInstanceOf(Refused.class);
        shelf.fetch(pool);
        assertThat(waits.value()).isEqualTo("120");
        assertThat(pool.join(LONG)).isTrue();
        assertThatThrownBy(() -> pool.admit(asked())).isInstanceOf(Refused.class);
    }

    @Test
    void a_closed_pool_for_which_nothing_waits_ends() throws Exception {
        var pool = extra();
        pools.close("extra");
        assertThat(pool.join(LONG)).isTrue();
    }

    @Test
    void what_waits_for_a_terminated_pool_fails_and_that_is_over_when_the_call_returns() {
        var pool = extra();
        var waits = asked();
        shelf.put("extra", waits);
        pools.terminate("extra");
        assertThat(waits.failure()).isEqualTo(OVER);
        assertThat(shelf.heard()).contains("drop extra");
        assertThat(store.find("extra"))
                .get()
                .extracting(PoolStore.StoredPool::state)
                .isEqualTo(PoolState.TERMINATE);
        assertThatThrownBy(() -> pool.admit(asked())).isInstanceOf(Refused.class);
        pools.terminate("extra");
        assertThat(shelf.heard()).as("once").containsOnlyOnce("drop extra");
    }

    @Test
    void what_waits_for_a_deleted_pool_fails_before_it_is_forgotten() {
        extra();
        var waits = asked();
        shelf.put("extra", waits);
        pools.delete("extra", _ -> {});
        assertThat(waits.failure()).isEqualTo(OVER);
        assertThat(store.find("extra")).isEmpty();
        assertThat(pools.find("extra")).isEmpty();
    }

    @Test
    void pools_are_there_again_in_the_next_service_closed_ones_closed() throws Exception {
        extra();
        pools.put("other", PythonPool.spec(1), _ -> {});
        pools.close("extra");
        next();
        assertThat(pools.require("other").state()).isEqualTo(PoolState.RUN);
        assertThat(pools.require("extra").state()).isEqualTo(PoolState.CLOSE);
        assertThat(pools.require("extra").join(LONG)).isTrue();
    }

    @Test
    void a_closed_pool_runs_in_the_next_service_what_waited_for_it() throws Exception {
        extra();
        pools.close("extra");
        var waits = asked();
        shelf.put("extra", waits);
        next();
        var pool = pools.require("extra");
        assertThat(pool.state()).isEqualTo(PoolState.CLOSE);
        shelf.fetch(pool);
        assertThat(waits.value()).isEqualTo("120");
        assertThat(pool.join(LONG)).isTrue();
    }

    @Test
    void what_a_killed_service_had_not_come_to_of_a_terminated_pool_the_next_one_does()
            throws Exception {
        store.put(new PoolStore.StoredPool("extra", PythonPool.spec(1), PoolState.TERMINATE));
        var waits = asked();
        shelf.put("extra", waits);
        next();
        assertThat(waits.failure()).isEqualTo(OVER);
        assertThat(pools.find("extra")).isEmpty();
        assertThat(store.find("extra")).isEqualTo(Optional.empty());
    }

    @Test
    void a_configured_pool_that_was_terminated_is_there_again_in_the_next_service()
            throws Exception {
        pools.terminate("default");
        assertThat(store.all()).isEmpty();
        next();
        assertThat(pools.require("default").state()).isEqualTo(PoolState.RUN);
    }
}
