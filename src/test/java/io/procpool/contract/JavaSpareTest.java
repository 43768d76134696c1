package io.procpool.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.JarOfTheTests;
import io.procpool.service.Processes;
import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM that is kept warm, and a jar that is replaced while its functions run. F41. */
class JavaSpareTest {
    private static List<Long> machines() {
        return Processes.children(ProcessHandle.current().pid()).stream()
                .filter(Processes.running("io.procpool.worker.Main")::contains)
                .toList();
    }

    @Test
    void a_replacement_is_the_spare_one_and_no_spare_outlives_its_pool() throws Exception {
        var others = machines();
        try (var pool = new ContractPool(Subject.javaProcesses(), "java-spare", 1, "")) {
            pool.awaitWorkers(1);
            int used = spares(pool);
            Waiting.until("a replacement was the spare one", () -> replaced(pool) > used);
            Waiting.until("the next spare one is on its way", () -> own(others).size() == 2);
        }
        Waiting.until("all are gone", () -> own(others).isEmpty());
    }

    /** It is only taken when it is ready, so the first replacements may come before. */
    private static int replaced(ContractPool pool) {
        try {
            var worker = pool.awaitWorkers(1);
            Processes.kill(worker.getFirst());
            pool.awaitReplaced(worker);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        pool.requireWorks();
        return spares(pool);
    }

    private static List<Long> own(List<Long> others) {
        return machines().stream()
                .filter(Processes::alive)
                .filter(pid -> !others.contains(pid))
                .toList();
    }

    private static int spares(ContractPool pool) {
        return pool.metric("procpool_worker_starts_total", "kind=\"spare\"");
    }

    private static void write(Path functions, Path scratch, int version) throws IOException {
        var source = scratch.resolve("Versions.java");
        Files.writeString(
                source,
                """
                package changing;

                public class Versions {
                    public static int version() {
                        return %d;
                    }

                    public static int versionAfter(String begun, String go) throws Exception {
                        new java.io.File(begun).createNewFile();
                        while (!new java.io.File(go).exists()) {
                            Thread.sleep(5);
                        }
                        return new Later().version;
                    }

                    static class Later {
                        int version = version();
                    }
                }
                """
                        .formatted(version));
        var jar = scratch.resolve("changing.jar");
        JarOfTheTests.compile(List.of(source), jar);
        Files.writeString(functions.resolve("java.classes"), "changing.Versions\n");
        Files.move(jar, functions.resolve("changing.jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Also what it has not loaded yet when the jar is replaced comes from the old one. */
    @Test
    void what_runs_keeps_its_version_and_the_next_call_gets_the_new_one(
            @TempDir Path functions, @TempDir Path scratch) throws Exception {
        write(functions, scratch, 1);
        var begun = scratch.resolve("begun");
        var go = scratch.resolve("go");
        try (var service =
                Service.start(
                        "--procpool.functions.path=" + functions,
                        "--procpool.pools.default.processes=1")) {
            var jobs = new ArrayList<String>();
            for (var kind : List.of("process", "thread")) {
                service.pool(
                        kind, "{\"runtime\":\"java\",\"processes\":2,\"kind\":\"" + kind + "\"}");
                assertThat(version(service, kind)).isEqualTo("1");
                var call =
                        "{\"func\":\"changing.Versions.versionAfter\",\"args\":[\"%s\",\"%s\"]}"
                                .formatted(begun + kind, go);
                jobs.add(
                        service.post("/v1/pools/" + kind + "/apply_async", call)
                                .header("Location"));
                Waiting.until("it runs", () -> Files.exists(Path.of(begun + kind)));
            }
            write(functions, scratch, 2);
            for (var kind : List.of("process", "thread")) {
                Waiting.until("the new one is called", () -> version(service, kind).equals("2"));
            }
            Files.createFile(go);
            for (var job : jobs) {
                var old = service.await(job);
                assertThat(service.get(job + "/value").asString()).as("%s", old).isEqualTo("1");
                assertThat(old.at("/attempts/0/generation").asInt()).isEqualTo(1);
            }
            // A JVM that starts between the change and the roll-over has the new jar already.
            Waiting.until(
                    "the next generation serves",
                    () ->
                            service.finished(
                                                    "process",
                                                    "apply",
                                                    "{\"func\":\"changing.Versions.version\"}")
                                            .at("/attempts/0/generation")
                                            .asInt()
                                    == 2);
        }
    }

    private static String version(Service service, String pool) {
        return service.post(
                        "/v1/pools/" + pool + "/apply", "{\"func\":\"changing.Versions.version\"}")
                .asString();
    }
}
