package io.procpool.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonInterpreterTest {
    @TempDir private Path folder;

    private final Spawner spawner = new Spawner(() -> {});

    @AfterEach
    void close() {
        spawner.close();
    }

    static java.util.List<Integer> versions() {
        return Pythons.supported();
    }

    private PythonInterpreter find(String command) throws StartFailed {
        return PythonInterpreter.find(command, spawner, folder);
    }

    private String script(String... lines) throws IOException {
        var script = folder.resolve("python");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script.toString();
    }

    @ParameterizedTest(name = "Python 3.{0}")
    @MethodSource("versions")
    void each_interpreter_is_found_with_its_version(int minor) throws Exception {
        var python = Pythons.require(minor);
        var found = find(python.toString());
        assertThat(found.version()).startsWith("3." + minor + ".");
        assertThat(Path.of(found.executable())).isExecutable();
    }

    @Test
    void a_shim_is_resolved_to_the_interpreter_behind_it() throws Exception {
        var real = find("python3");
        var behindShim = find(script("exec '" + real.executable() + "' \"$@\""));
        assertThat(behindShim).isEqualTo(real);
    }

    @Test
    void nothing_of_the_question_is_left_behind() throws Exception {
        find("python3");
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void a_missing_interpreter_is_named_with_what_can_be_done() {
        assertThatThrownBy(() -> find("/no/such/python3"))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("'/no/such/python3' can't be started")
                .hasMessageContaining("install Python 3.9 or later, or set procpool.python");
        assertThatThrownBy(() -> find("no-such-python"))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("'no-such-python' can't be started");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.8.18", "3.0.0", "2.7.18", "4.0.0"})
    void another_version_than_3_9_or_later_is_refused(String version) throws Exception {
        var command = script("echo /usr/bin/python", "echo " + version);
        assertThatThrownBy(() -> find(command))
                .isInstanceOf(StartFailed.class)
                .hasMessage("'" + command + "' is Python " + version + "; 3.9 or later is needed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.7", "3.6", "3.7", "3.8"})
    void a_real_old_interpreter_is_refused(String version) {
        var python = Pythons.requireVersion(version).toString();
        assertThatThrownBy(() -> find(python)).isInstanceOf(StartFailed.class);
    }

    @Test
    void what_is_no_interpreter_is_refused_with_what_it_said() throws Exception {
        var failing = script("echo 'no such version' >&2", "exit 3");
        assertThatThrownBy(() -> find(failing))
                .isInstanceOf(StartFailed.class)
                .hasMessage("'" + failing + "' is no Python 3 interpreter: no such version");
        var silent = script("exit 0");
        assertThatThrownBy(() -> find(silent))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("is no Python 3 interpreter");
        var odd = script("echo /usr/bin/python", "echo three.eleven");
        assertThatThrownBy(() -> find(odd)).isInstanceOf(StartFailed.class);
    }

    @Test
    void an_interpreter_of_a_later_3_is_taken() throws Exception {
        var found = find(script("echo /opt/python3", "echo 3.25.0"));
        assertThat(found).isEqualTo(new PythonInterpreter("/opt/python3", "3.25.0"));
    }
}
