package io.procpool.api;

import io.procpool.service.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a worker busy until it is opened: api_functions.wait_for waits for its file. */
final class Gate implements AutoCloseable {
    private final Path file;

    Gate() throws IOException {
        file = Files.createTempDirectory("gate").resolve("open");
    }

    /** A JSON string. */
    String json() {
        return '"' + file.toString() + '"';
    }

    /** A submission of a call that returns "open" once it is. */
    String call() {
        return "{\"func\":\"api_functions.wait_for\",\"args\":[" + json() + ",\"open\"]}";
    }

    /** Takes one worker; returns the path of the result, which is running. */
    String occupy(OwnPool pool) throws InterruptedException {
        var result = pool.submit("apply", call());
        Waiting.until(
                result + " runs",
                () -> "running".equals(pool.service().get(result).jsonPath().getString("state")));
        return result;
    }

    void open() throws IOException {
        if (Files.notExists(file)) {
            Files.createFile(file);
        }
    }

    /** Nobody waits for ever, also when the test has failed. */
    @Override
    public void close() throws IOException {
        open();
    }
}
