package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No interpreter, a wrong one, and modules that break it. F30. */
class BrokenPythonTest {
    private static final String DEFAULT = "/v1/pools/default";
    private static final String ADD = "{\"func\": \"good.add\", \"args\": [1, 2]}";

    @TempDir private Path folder;

    private void module(String name, String source) throws Exception {
        Files.writeString(
                Files.createDirectories(folder.resolve("functions")).resolve(name + ".py"), source);
    }

    private Service start(Path python) throws Exception {
        module("good", "def add(a, b):\n    return a + b\n");
        return Service.start(
                "--procpool.python=" + python,
                "--procpool.functions.path=" + folder.resolve("functions"),
                "--procpool.pools.default.processes=1",
                "--procpool.pools.default.start-timeout=1");
    }

    private static void script(Path path, String source) throws Exception {
        Files.writeString(path, "#!/bin/sh\n" + source + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void without_an_interpreter_the_service_starts_and_its_pool_says_what_is_missing()
            throws Exception {
        var missing = folder.resolve("python");
        try (var service = start(missing)) {
            var answer = service.post(DEFAULT + "/apply", ADD);
            answer.then().statusCode(503);
            assertThat(answer.header("Retry-After")).isNotBlank();
            assertThat(Service.json(answer).path("type").asString())
                    .isEqualTo("urn:procpool:problem:pool-degraded");
            assertThat(Service.json(answer).path("cause").asString())
                    .contains(missing.toString(), "procpool.python");
            service.get("/actuator/health/liveness").then().statusCode(200);
            service.get("/actuator/health/readiness").then().statusCode(503);

            script(missing, "exec python3 \"$@\""); // somebody installs it
            Waiting.until(
                    "it works without a restart",
                    () -> service.post(DEFAULT + "/apply", ADD).asString().equals("3"));
            service.get("/actuator/health/readiness").then().statusCode(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "echo I am a teapot,                 is no Python 3 interpreter: I am a teapot",
        "echo /usr/bin/python; echo 3.8.10,  is Python 3.8.10; 3.9 or later is needed",
        "echo /usr/bin/python; echo 3.what,  is no Python 3 interpreter",
        "exit 3,                             is no Python 3 interpreter"
    })
    void what_is_no_python_is_named_as_the_cause(String source, String cause) throws Exception {
        var wrong = folder.resolve("python");
        script(wrong, source);
        try (var service = start(wrong)) {
            Waiting.until(
                    "two failures",
                    () ->
                            Service.json(service.get(DEFAULT))
                                            .path("health")
                                            .path("failures")
                                            .asInt()
                                    >= 2);
            assertThat(Service.json(service.get(DEFAULT)).path("health").path("cause").asString())
                    .contains(wrong.toString(), cause);
        }
    }

    /** The guard of an import is 10 s, hence one test for all; by name, what ends the interpreter comes before what hangs. */
    @Test
    void a_module_that_breaks_its_import_is_unknown_with_the_cause_and_the_others_work()
            throws Exception {
        module("broken", "import nothing_of_that_name\n");
        module("exits", "import os\nos._exit(3)\n");
        module("hangs", "import time\ntime.sleep(600)\n");
        module("raises", "raise SystemExit(4)\n");
        module("crashes", "import ctypes\nctypes.string_at(0)\n");
        try (var service = start(Path.of("python3"))) {
            Waiting.until(
                    "it works", () -> service.post(DEFAULT + "/apply", ADD).asString().equals("3"));
            assertUnknown(service, "broken", "No module named 'nothing_of_that_name'");
            assertUnknown(service, "exits", "exited with status 3");
            assertUnknown(service, "hangs", "took longer than 10 s");
            assertUnknown(service, "raises", "SystemExit: 4");
            assertUnknown(service, "crashes", "signal 11");
        }
    }

    private static void assertUnknown(Service service, String module, String cause) {
        var answer = service.post(DEFAULT + "/apply", "{\"func\": \"" + module + ".go\"}");
        answer.then().statusCode(404);
        assertThat(Service.json(answer).path("type").asString())
                .isEqualTo("urn:procpool:problem:function-unknown");
        assertThat(Service.json(answer).path("cause").asString()).contains(cause);
    }
}
