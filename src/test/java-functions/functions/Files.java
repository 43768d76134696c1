package functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Ledgers and gates: how functions and tests tell each other how far they are. Not on the list of callable classes. */
final class Files {
    private Files() {}

    /** Adds a line, whole: what is shorter than PIPE_BUF is written at once. */
    static void append(String path, Object text) {
        try {
            java.nio.file.Files.write(
                    Path.of(path),
                    (text + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static void await(String path) throws InterruptedException {
        while (!java.nio.file.Files.exists(Path.of(path))) {
            Thread.sleep(Duration.ofMillis(5));
        }
    }

    static long pid() {
        return ProcessHandle.current().pid();
    }

    /** Deaf to interrupts too. */
    static void forEver() {
        while (true) {
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException ignored) {
                Thread.interrupted();
            }
        }
    }

    /** Starts a program that outlives the one which starts it, in a session of its own and deaf to SIGTERM; its pid is written down. */
    static void daemon(String path) throws IOException, InterruptedException {
        new ProcessBuilder(
                        "setsid",
                        "sh",
                        "-c",
                        "(trap '' TERM; sh -c 'echo $PPID' >> '"
                                + path
                                + "'; while :; do sleep 60; done) & exit 0")
                .inheritIO()
                .start()
                .waitFor();
        while (Path.of(path).toFile().length() == 0) {
            Thread.sleep(Duration.ofMillis(5));
        }
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }

    static void ignoreSigterm() {
        sun.misc.Signal.handle(new sun.misc.Signal("TERM"), sun.misc.SignalHandler.SIG_IGN);
    }
}
