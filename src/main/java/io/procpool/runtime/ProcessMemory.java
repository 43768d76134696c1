package io.procpool.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What the kernel says about a process, where there is a {@code /proc} (proc(5)). */
public final class ProcessMemory {
    private static final char GONE = ' ';
    private static final Pattern SIZE = Pattern.compile("\\w+: +\\d+ kB");

    private ProcessMemory() {}

    /**
     * What a process has, in bytes.
     *
     * @param rss all that is in memory, what is shared with others too
     * @param pss the same, but a page that n processes share counts as its n-th part: this can be added up
     * @param own what no other process has
     */
    public record Use(long rss, long pss, long own) {}

    /** Costs about 50 µs for a small Python process, more with many mappings: the kernel walks its pages. */
    public static Optional<Use> use(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            var sizes = lines.filter(line -> SIZE.matcher(line).matches()).toList();
            return Optional.of(
                    new Use(sum(sizes, "Rss:"), sum(sizes, "Pss:"), sum(sizes, "Private_")));
        } catch (IOException | RuntimeException gone) {
            return Optional.empty();
        }
    }

    private static long sum(List<String> sizes, String prefix) {
        return sizes.stream()
                .filter(size -> size.startsWith(prefix))
                .mapToLong(ProcessMemory::bytes)
                .sum();
    }

    private static long bytes(String size) {
        return Long.parseLong(size.replaceAll("\\D", "")) * 1024;
    }

    /**
     * Bytes that no file is behind, shared with a forkserver or not: heaps and stacks. That a worker writes to what it has from its
     * forkserver does not change it, so its growth is what was allocated. Costs about 5 µs.
     */
    public static OptionalLong anonymousBytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(ProcessMemory::bytes)
                    .findFirst();
        } catch (IOException | RuntimeException gone) {
            return OptionalLong.empty();
        }
    }

    /** Bytes that only this process has: what a forked worker shares with its forkserver is not its own. */
    public static OptionalLong privateBytes(long pid) {
        return use(pid).map(use -> OptionalLong.of(use.own())).orElseGet(OptionalLong::empty);
    }

    /** Whether the process is stopped (state T): by SIGSTOP, or by a debugger. */
    public static boolean isStopped(long pid) {
        var state = state(pid);
        return state == 'T' || state == 't';
    }

    /** Whether there is such a process and it has not ended: one that nobody has reaped yet has. */
    static boolean isThere(long pid) {
        var state = state(pid);
        return (state != GONE && state != 'Z' && state != 'X') || hasThreads(pid);
    }

    /** One whose first thread has ended shows as a zombie for as long as another of its threads does not end. */
    private static boolean hasThreads(long pid) {
        var threads = Path.of("/proc", Long.toString(pid), "task").toFile().list();
        return threads != null && threads.length > 1;
    }

    private static char state(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException | RuntimeException gone) {
            return GONE;
        }
    }
}
