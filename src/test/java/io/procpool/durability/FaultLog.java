package io.procpool.durability;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a {@link Fault} has seen, in a file that outlives its service: one line for each call that was counted, and one for that which was struck. */
record FaultLog(Path file) {
    private static final String STRUCK = "struck ";

    void called(String call) {
        add(call);
    }

    void struck(String call) {
        add(STRUCK + call);
    }

    private void add(String line) {
        try {
            Files.writeString(file, line + "\n", CREATE, APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** In their order. */
    List<String> calls() {
        return lines().stream().filter(line -> !line.startsWith(STRUCK)).toList();
    }

    /** Empty: the fault did not come to pass. */
    Optional<String> struck() {
        return lines().stream()
                .filter(line -> line.startsWith(STRUCK))
                .map(line -> line.substring(STRUCK.length()))
                .findFirst();
    }
}
