package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The interpreter itself. What the PATH has under its name may be a version manager's shim, which costs 100 ms at each start.
 *
 * @param version for example {@code 3.11.7}
 */
record PythonInterpreter(String executable, String version) {
    private static final int OLDEST_MINOR = 9;
    private static final int SECONDS = 20;
    private static final String QUESTION =
            "import sys; v=sys.version_info; print(sys.executable); print('%d.%d.%d' % v[:3])";

    /**
     * @param command a path or a command name
     * @throws StartFailed if it can't be run, or is older than 3.9
     */
    static PythonInterpreter find(String command, Spawner spawner, Path scratch)
            throws StartFailed {
        try {
            var answer = Files.createTempFile(scratch, "python", ".txt");
            try {
                return ask(command, spawner, answer);
            } finally {
                Files.deleteIfExists(answer);
            }
        } catch (IOException failure) {
            throw new StartFailed(
                    "the Python interpreter '"
                            + command
                            + "' can't be started ("
                            + failure.getMessage()
                            + "): install Python 3.9 or later, or set procpool.python to its path",
                    failure);
        }
    }

    private static PythonInterpreter ask(String command, Spawner spawner, Path answer)
            throws IOException, StartFailed {
        var process =
                spawner.start(
                        new ProcessBuilder(command, "-I", "-c", QUESTION)
                                .redirectErrorStream(true)
                                .redirectOutput(answer.toFile()));
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new StartFailed(
                        "the Python interpreter '"
                                + command
                                + "' did not answer within "
                                + SECONDS
                                + " s");
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new StartFailed("interrupted while Python was looked for", interrupted);
        }
        var lines = Files.readString(answer, UTF_8).lines().toList();
        if (process.exitValue() != 0
                || lines.size() != 2
                || !lines.get(1).matches("\\d+\\.\\d+\\.\\d+")) {
            throw new StartFailed(
                    "'" + command + "' is no Python 3 interpreter: " + String.join(" ", lines));
        }
        var parts = lines.get(1).split("\\.", -1);
        if (!parts[0].equals("3") || Integer.parseInt(parts[1]) < OLDEST_MINOR) {
            throw new StartFailed(
                    "'" + command + "' is Python " + lines.get(1) + "; 3.9 or later is needed");
        }
        return new PythonInterpreter(lines.get(0), lines.get(1));
    }
}
