package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A JVM that workers can run on.
 *
 * @param version for example {@code 25.0.3}
 * @param build its own words about itself: an AOT cache is of one build
 */
record JavaVirtualMachine(String executable, String version, String build) {
    private static final int OLDEST = 25;
    private static final int SECONDS = 20;
    private static final Pattern VERSION = Pattern.compile("(?s)\\S+ ((\\d+)[^\\s\"]*).*");

    /**
     * @param command the path of a {@code java}; empty: the JVM of this service
     * @throws StartFailed if it can't be run, or is older than 25
     */
    static JavaVirtualMachine find(String command, Spawner spawner, Path scratch)
            throws StartFailed {
        var executable =
                command.isBlank()
                        ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
                        : command;
        try {
            var answer = Files.createTempFile(scratch, "java", ".txt");
            try {
                return ask(executable, spawner, answer);
            } finally {
                Files.deleteIfExists(answer);
            }
        } catch (IOException failure) {
            throw new StartFailed(
                    "the JVM '"
                            + executable
                            + "' can't be started ("
                            + failure.getMessage()
                            + "): set procpool.java to the path of a java, 25 or later",
                    failure);
        }
    }

    private static JavaVirtualMachine ask(String executable, Spawner spawner, Path answer)
            throws IOException, StartFailed {
        var builder = new ProcessBuilder(executable, "--version");
        HostStarter.environment(
                builder); // as its workers: JDK_JAVA_OPTIONS would be announced first
        var process =
                spawner.start(builder.redirectErrorStream(true).redirectOutput(answer.toFile()));
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new StartFailed(
                        "the JVM '" + executable + "' did not answer within " + SECONDS + " s");
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted while a JVM was looked for", interrupted);
        }
        var said = Files.readString(answer, UTF_8).strip();
        var version = VERSION.matcher(said);
        if (process.exitValue() != 0 || !version.matches()) {
            throw new StartFailed("'" + executable + "' is no JVM: " + said);
        }
        if (Integer.parseInt(version.group(2)) < OLDEST) {
            throw new StartFailed(
                    "'" + executable + "' is Java " + version.group(1) + "; 25 or later is needed");
        }
        return new JavaVirtualMachine(executable, version.group(1), said);
    }
}
