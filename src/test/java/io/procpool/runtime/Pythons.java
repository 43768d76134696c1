package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The Python interpreters of this machine: those on the PATH, and those that pyenv has in the user's home instead of its shims. */
final class Pythons {
    static final int OLDEST_MINOR = 9;
    static final int NEWEST_MINOR = 14;

    private static final String QUESTION =
            "import sys; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))";
    private static final Map<String, Path> FOUND = find();

    private Pythons() {}

    /** The minor versions that a worker may have. */
    static List<Integer> supported() {
        return IntStream.rangeClosed(OLDEST_MINOR, NEWEST_MINOR).boxed().toList();
    }

    /** Python 3.{@code minor}; the test is skipped if there is none. */
    static Path require(int minor) {
        return requireVersion("3." + minor);
    }

    static Path requireVersion(String version) {
        var found = FOUND.get(version);
        assumeTrue(found != null, "there is no Python " + version + " on this machine");
        return Objects.requireNonNull(found);
    }

    private static Map<String, Path> find() {
        var found = new TreeMap<String, Path>();
        candidates()
                .filter(Files::isExecutable)
                .forEach(
                        candidate -> {
                            var answer = ask(candidate).split(" ", 2);
                            if (answer.length == 2) {
                                found.putIfAbsent(answer[0], Path.of(answer[1].strip()));
                            }
                        });
        return found;
    }

    private static Stream<Path> candidates() {
        var names =
                Stream.concat(
                                Stream.of("python3", "python2"),
                                IntStream.rangeClosed(6, NEWEST_MINOR)
                                        .mapToObj(n -> "python3." + n))
                        .toList();
        var path =
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                        .filter(folder -> !folder.isBlank() && !folder.endsWith("shims"))
                        .flatMap(folder -> names.stream().map(Path.of(folder)::resolve));
        return Stream.concat(pyenv(), path);
    }

    private static Stream<Path> pyenv() {
        var versions = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
        if (!Files.isDirectory(versions)) {
            return Stream.of();
        }
        try (var folders = Files.list(versions)) {
            return folders
                    .sorted()
                    .flatMap(folder -> Stream.of("bin/python3", "bin/python").map(folder::resolve))
                    .toList()
                    .stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String ask(Path candidate) {
        try {
            var process =
                    new ProcessBuilder(candidate.toString(), "-c", QUESTION)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException noInterpreter) {
            return "";
        }
    }
}
