package io.procpool.contract;

import io.procpool.service.Processes;
import java.nio.file.Files;
import tools.jackson.databind.JsonNode;

/** A pool whose only worker was stopped in the middle of its task. */
record Stopped(ContractPool pool, String result) implements AutoCloseable {
    static Stopped in(ContractPool pool) throws Exception {
        var result = pool.begin(Files.createTempFile("stopped", ".txt"));
        Processes.storm(pool.pids("busy"), 1, "STOP");
        return new Stopped(pool, result);
    }

    JsonNode await() {
        return pool.await(result);
    }

    @Override
    public void close() {
        pool.close();
    }
}
