package io.procpool.store;

import io.procpool.pool.PoolStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.springframework.stereotype.Component;

/** Keeps pools as long as the service lives. */
@Component
final class MemoryPoolStore implements PoolStore {
    private final Map<String, StoredPool> pools = new ConcurrentSkipListMap<>();

    @Override
    public String kind() {
        return "memory";
    }

    @Override
    public void put(StoredPool pool) {
        pools.put(pool.name(), pool);
    }

    @Override
    public Optional<StoredPool> find(String name) {
        return Optional.ofNullable(pools.get(name));
    }

    @Override
    public boolean forget(String name) {
        return pools.remove(name) != null;
    }

    @Override
    public List<StoredPool> all() {
        return List.copyOf(pools.values());
    }
}
