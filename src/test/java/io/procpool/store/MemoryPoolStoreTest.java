package io.procpool.store;

import io.procpool.pool.PoolStore;

class MemoryPoolStoreTest extends PoolStoreContract {
    @Override
    PoolStore open() {
        return new MemoryPoolStore();
    }
}
