package io.procpool.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the functions of {@code ledger.py} have written down, each line on the disk before the function went on: it outlives worker and service. */
record Ledger(List<Entry> entries) {
    /**
     * @param start or end of a run
     * @param at by {@link System#nanoTime}
     */
    record Entry(boolean start, long at, String job, int task, int attempt, long pid, String tag) {
        /** A line that was cut off by a kill is no entry. */
        static Stream<Entry> of(String line) {
            var words = line.split(" ", -1);
            return words.length == 8 && words[7].equals(".")
                    ? Stream.of(
                            new Entry(
                                    words[0].equals("start"),
                                    Long.parseLong(words[1]),
                                    words[2],
                                    Integer.parseInt(words[3]),
                                    Integer.parseInt(words[4]),
                                    Long.parseLong(words[5]),
                                    words[6]))
                    : Stream.empty();
        }
    }

    /** All ledgers of a folder. */
    static Ledger read(Path folder) {
        try (var files = Files.list(folder)) {
            return new Ledger(
                    files.filter(file -> file.toString().endsWith(".ledger"))
                            .flatMap(Ledger::lines)
                            .flatMap(Entry::of)
                            .toList());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same without what was written in a time in which nothing should have run. */
    Ledger without(long from, long until) {
        return new Ledger(
                entries.stream()
                        .filter(entry -> entry.at() - from < 0 || entry.at() - until > 0)
                        .toList());
    }

    Stream<Entry> starts() {
        return entries.stream().filter(Entry::start);
    }
}
