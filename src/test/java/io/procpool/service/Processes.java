package io.procpool.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel says about processes (proc(5)), and signals for them. */
public final class Processes {
    private static final Path PROC = Path.of("/proc");

    private Processes() {}

    /** There, and no zombie. */
    public static boolean alive(long pid) {
        var state = state(pid);
        return state != 'Z' && state != 'X';
    }

    /** Its state as {@code /proc} has it; X if there is no such process. */
    private static char state(long pid) {
        var stat = read(pid, "stat");
        return stat.isEmpty() ? 'X' : stat.charAt(stat.lastIndexOf(')') + 2);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(PROC.resolve(Long.toString(pid)).resolve(file));
        } catch (IOException gone) {
            return "";
        }
    }

    /** Every living process whose command line holds that text. */
    public static List<Long> running(String text) {
        return all().stream()
                .filter(pid -> read(pid, "cmdline").contains(text))
                .filter(Processes::alive)
                .toList();
    }

    /** Its children, zombies too. */
    public static List<Long> children(long parent) {
        return all().stream().filter(pid -> parentOf(pid) == parent).toList();
    }

    private static long parentOf(long pid) {
        var stat = read(pid, "stat");
        return stat.isEmpty()
                ? -1
                : Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1]);
    }

    private static List<Long> all() {
        try (Stream<Path> entries = Files.list(PROC)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static int threads(long pid) {
        return entries(pid, "task");
    }

    public static int descriptors(long pid) {
        return entries(pid, "fd");
    }

    private static int entries(long pid, String folder) {
        var names = PROC.resolve(Long.toString(pid)).resolve(folder).toFile().list();
        return names == null ? 0 : names.length;
    }

    public static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Sends each of the signals to each of the processes, many times. */
    public static void storm(List<Long> pids, int times, String... signals)
            throws IOException, InterruptedException {
        var script = new StringBuilder("i=0; while [ $i -lt " + times + " ]; do i=$((i+1));");
        for (var pid : pids) {
            Arrays.stream(signals)
                    .forEach(signal -> script.append(" kill -" + signal + " " + pid + ";"));
        }
        var status =
                new ProcessBuilder("sh", "-c", script + " done")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
        if (status != 0) {
            throw new AssertionError("the signals could not be sent");
        }
    }
}
