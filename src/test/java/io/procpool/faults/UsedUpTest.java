package io.procpool.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A task that uses up what there is fails by that, and the next one does not notice. F22, F24. */
class UsedUpTest {
    @TempDir private Path folder;

    private static void assertRaised(JsonNode job, String type, String message) {
        var problem = job.path("problem");
        assertThat(problem.path("type").asString())
                .isEqualTo("urn:procpool:problem:function-raised");
        var exception = problem.path("exception");
        assertThat(exception.path("type").asString()).isEqualTo(type);
        assertThat(exception.path("message").asString()).contains(message);
    }

    /** F22: the worker has none left for its own needs, so another one takes its place. */
    @Test
    void a_task_that_leaks_all_descriptors_fails_and_the_next_one_finds_a_fresh_worker()
            throws Exception {
        try (var pool = FaultPool.of(1)) {
            var leaker = pool.awaitWorkers(1).getFirst();
            assertRaised(
                    pool.run("faults3.leak_descriptors", "[]"), "OSError", "Too many open files");
            assertThat(pool.servingPid()).isNotEqualTo(leaker);
            assertThat(pool.value("faults3.scratch", "[]")).startsWith("\"/");
        }
    }

    /** F24: the scratch space is the pool's, the service keeps its own elsewhere. */
    @Test
    void a_full_scratch_folder_is_the_failure_of_the_task_and_of_nobody_else() throws Exception {
        var scratch = folder.resolve("scratch");
        scratch.toFile().mkdir();
        var refused = run("mount", "-t", "tmpfs", "-o", "size=1m", "procpool-test", scratch);
        assumeTrue(refused.isEmpty(), "no file system of 1 MiB can be mounted here: " + refused);
        try (var service =
                Service.start(
                        "--procpool.pools.small.processes=1",
                        "--procpool.pools.small.env.TMPDIR=" + scratch)) {
            var before = service.finished("small", "apply", call("faults3.scratch", ""));
            assertThat(Service.json(service.get(value(before))).asString())
                    .isEqualTo(scratch.toString());

            var full = service.finished("small", "apply", call("faults3.fill_scratch", "2097152"));
            assertRaised(full, "OSError", "No space left on device");

            assertThat(service.home().toFile().getUsableSpace()).isPositive();
            for (var pool : new String[] {"default", "small"}) {
                var next = service.finished(pool, "apply", call("faults3.fill_scratch", "65536"));
                assertThat(next.path("state").asString()).as(pool).isEqualTo("succeeded");
            }
            var pids = service.finished("small", "apply", call("tasks.pid", ""));
            assertThat(pids.path("attempts").path(0).path("pid"))
                    .as("the worker has no part in it")
                    .isEqualTo(full.path("attempts").path(0).path("pid"));
        } finally {
            assertThat(run("umount", scratch)).isEmpty();
        }
    }

    private static String call(String func, String argument) {
        return "{\"func\": \"" + func + "\", \"args\": [" + argument + "]}";
    }

    private static String value(JsonNode job) {
        return job.path("links").path("value").asString();
    }

    /** Returns what it complains about. */
    private static String run(Object... command) throws IOException, InterruptedException {
        var line = Arrays.stream(command).map(Object::toString).toList();
        var process = new ProcessBuilder(line).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return process.waitFor() == 0 ? "" : said.strip() + " (" + process.exitValue() + ")";
    }
}
