package io.procpool.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file in which functions note that they ran. */
record Ledger(Path file) {
    static Ledger empty() throws IOException {
        return new Ledger(Files.createTempFile("ledger", ".txt"));
    }

    /** A JSON string. */
    String json() {
        return '"' + file.toString() + '"';
    }

    List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
