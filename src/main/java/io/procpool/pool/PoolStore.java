package io.procpool.pool;

import java.util.List;
import java.util.Optional;

/** Home of the pools that were made over the API. Each method is one transaction: once it returns, its effect lasts. */
public interface PoolStore {

    /** @param state TERMINATE stays on record until the pool is forgotten: it is not started again */
    record StoredPool(String name, PoolSpec spec, PoolState state) {}

    /** What it keeps them in, in a word: {@code memory} for one that forgets them with the service. */
    String kind();

    /** Writes a pool, or writes it anew. */
    void put(StoredPool pool);

    Optional<StoredPool> find(String name);

    /** Returns whether there was one */
    boolean forget(String name);

    /** By name. */
    List<StoredPool> all();
}
