package io.procpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A file of functions is replaced while one of them runs. F41. */
class ReplacedFunctionsTest {
    @TempDir private Path functions;
    @TempDir private Path folder;

    private void write(int version) throws IOException {
        Files.writeString(
                functions.resolve("versions.py"),
                """
                import os
                import time

                VERSION = %d

                def version():
                    return VERSION

                def version_after(begun, go):
                    open(begun, "w").close()
                    while not os.path.exists(go):
                        time.sleep(0.005)
                    return VERSION
                """
                        .formatted(version));
    }

    @Test
    void what_runs_keeps_its_version_the_next_call_gets_the_new_one_and_both_say_which()
            throws Exception {
        write(1);
        try (var service = Service.start("--procpool.functions.path=" + functions);
                var pool = FaultPool.in(service, 2, "")) {
            assertThat(pool.value("versions.version", "[]")).isEqualTo("1");
            var begun = folder.resolve("begun");
            var go = folder.resolve("go");
            var running =
                    pool.submit("versions.version_after", "[\"" + begun + "\", \"" + go + "\"]");
            Waiting.until("it runs", () -> Files.exists(begun));

            write(2);
            Waiting.until(
                    "the new one is called",
                    () -> pool.value("versions.version", "[]").equals("2"));
            assertThat(pool.generations()).containsExactlyInAnyOrder(1, 2);
            var next = pool.run("versions.version", "[]");
            Files.createFile(go);
            var old = pool.await(running);

            assertThat(pool.valueOf(old)).isEqualTo("1");
            assertThat(generation(old)).isEqualTo(1);
            assertThat(pool.valueOf(next)).isEqualTo("2");
            assertThat(generation(next)).isEqualTo(2);
            Waiting.until(
                    "the old worker is replaced", () -> pool.generations().equals(List.of(2, 2)));
        }
    }

    private static int generation(JsonNode job) {
        return job.path("attempts").path(0).path("generation").asInt();
    }
}
