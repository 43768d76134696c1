package io.procpool.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the kernel says about a process, where there is a {@code /proc} (proc(5)). */
public final class ProcessMemory {
    private static final char GONE = ' ';

    private ProcessMemory() {}

    /** Bytes that only this process has: what a forked worker shares with its forkserver is not its own. */
    public static OptionalLong privateBytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            long kilobytes =
                    lines.filter(line -> line.startsWith("Private_"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum();
            return OptionalLong.of(kilobytes * 1024);
        } catch (IOException | RuntimeException gone) {
            return OptionalLong.empty();
        }
    }

    /** Whether the process is stopped (state T): by SIGSTOP, or by a debugger. */
    public static boolean isStopped(long pid) {
        var state = state(pid);
        return state == 'T' || state == 't';
    }

    /** Whether there is such a process and it has not ended: one that nobody has reaped yet has. */
    static boolean isThere(long pid) {
        var state = state(pid);
        return state != GONE && state != 'Z' && state != 'X';
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
