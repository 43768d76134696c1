package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * The tests of the Python side: all of them with the default interpreter, the quick ones with each that there is. They mostly wait,
 * so all are started at once.
 */
class PythonSuiteTest {
    private static final boolean DEEP = Boolean.getBoolean("procpool.deep");
    private static final String ALL = "test_*.py";
    private static final List<String> QUICK =
            List.of("descriptions", "encoding", "failures", "frames", "loop", "traces", "verbs");
    private static final long CEILING_MINUTES = 10;
    private static final Map<String, Suite> RUNNING = new TreeMap<>();

    @TempDir private static Path folder;

    private record Suite(Process process, Path output) {
        static Suite start(String python, String... arguments) throws IOException {
            var output = Files.createTempFile(folder, "suite", ".txt");
            var command =
                    Stream.concat(Stream.of(python, "-m", "unittest"), Stream.of(arguments))
                            .toList();
            return new Suite(
                    new ProcessBuilder(command)
                            .directory(Path.of("src/test/python").toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start(),
                    output);
        }

        void assertPasses() throws Exception {
            assertThat(process.waitFor(CEILING_MINUTES, TimeUnit.MINUTES)).isTrue();
            var text = Files.readString(output);
            assertThat(process.exitValue()).as("its output:\n%s", text).isZero();
            assertThat(text).as("tests were found").containsPattern("Ran [1-9]\\d* tests");
        }
    }

    static List<Integer> versions() {
        return Pythons.supported();
    }

    @BeforeAll
    static void startAll() throws IOException {
        RUNNING.put("default", Suite.start("python3", "discover", "-p", ALL));
        for (int minor : versions()) {
            try {
                var python = Pythons.require(minor).toString();
                var what =
                        DEEP
                                ? Stream.of("discover", "-p", ALL)
                                : QUICK.stream().map(name -> "test_" + name);
                RUNNING.put("3." + minor, Suite.start(python, what.toArray(String[]::new)));
            } catch (TestAbortedException absent) {
                assertThat(absent).hasMessageContaining("there is no Python"); // its test says so
            }
        }
    }

    @AfterAll
    static void endAll() {
        RUNNING.values().forEach(suite -> suite.process().destroyForcibly());
    }

    @Test
    void all_tests_of_the_python_side_pass() throws Exception {
        RUNNING.get("default").assertPasses();
    }

    @ParameterizedTest(name = "Python 3.{0}")
    @MethodSource("versions")
    void the_python_side_passes_with_each_interpreter(int minor) throws Exception {
        var suite = RUNNING.get("3." + minor);
        if (suite == null) {
            abort("there is no Python 3." + minor + " on this machine");
        }
        suite.assertPasses();
    }
}
