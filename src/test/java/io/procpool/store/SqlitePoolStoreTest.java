package io.procpool.store;

import io.procpool.pool.PoolStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqlitePoolStoreTest extends PoolStoreContract {
    @TempDir Path home;
    private Stores.Opened opened;

    @BeforeEach
    void open() throws IOException {
        opened = Stores.open(home);
    }

    @AfterEach
    void close() {
        opened.close();
    }

    @Override
    PoolStore store() {
        return opened.pools();
    }
}
