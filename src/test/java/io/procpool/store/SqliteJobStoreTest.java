package io.procpool.store;

import io.procpool.job.JobStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteJobStoreTest extends JobStoreContract {
    @TempDir Path home;
    private Stores.Opened opened;

    @BeforeEach
    void open() throws IOException {
        // A clock that stands: nothing is dropped because its time is over.
        var clock = Clock.fixed(Records.FINISHED, ZoneOffset.UTC);
        opened = Stores.open(home, clock, Stores.LARGE, Stores.DAY);
    }

    @AfterEach
    void close() {
        opened.close();
    }

    @Override
    JobStore store() {
        return opened.jobs();
    }
}
