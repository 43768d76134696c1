package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The code of Java workers as a file, and the AOT cache that lets a JVM start it faster (JEP 514). The cache is made in the background
 * by a JVM that rehearses a worker's life, once for each JVM and jar, and nobody waits for it.
 */
final class WorkerJar {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerJar.class);
    private static final String RESOURCE = "/META-INF/procpool/worker.jar";
    private static final String NAME = "worker.jar";
    private static final String MAIN = "io.procpool.worker.Main";
    private static final String UNFINISHED = ".making";
    private static final int REHEARSAL_SECONDS = 60;

    private final Path jar;
    private final Path cache;

    private WorkerJar(Path jar, Path cache) {
        this.jar = jar;
        this.cache = cache;
    }

    static WorkerJar unpack(WorkerHost host, JavaVirtualMachine machine) throws IOException {
        var folder = host.home().unpack(Map.of(NAME, read()));
        var build = UUID.nameUUIDFromBytes(machine.build().getBytes(UTF_8));
        var jar = new WorkerJar(folder.resolve(NAME), folder.resolve("worker-" + build + ".aot"));
        sweep(folder);
        if (!Files.exists(jar.cache)) {
            Thread.ofPlatform()
                    .daemon()
                    .name("aot-cache")
                    .start(() -> jar.rehearse(host.spawner(), machine));
        }
        return jar;
    }

    private static byte[] read() throws IOException {
        try (var in = WorkerJar.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the build has left out " + RESOURCE);
            }
            return in.readAllBytes();
        }
    }

    private void rehearse(Spawner spawner, JavaVirtualMachine machine) {
        var fresh = cache.resolveSibling(UUID.randomUUID() + UNFINISHED);
        try {
            var builder =
                    new ProcessBuilder(
                            spawner.leading(
                                    "KILL",
                                    List.of(
                                            machine.executable(),
                                            "-XX:AOTCacheOutput=" + fresh,
                                            "-XX:+UseSerialGC",
                                            "--enable-native-access=ALL-UNNAMED", // as its users
                                            "-cp",
                                            jar.toString(),
                                            MAIN,
                                            "--train")));
            HostStarter.environment(builder);
            builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            var process = spawner.start(builder);
            if (process.waitFor(REHEARSAL_SECONDS, TimeUnit.SECONDS)
                    && process.exitValue() == 0
                    && Files.exists(fresh)) {
                Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
            } else {
                end(process);
                LOG.info("No AOT cache for Java workers could be made: they start without");
            }
        } catch (IOException | InterruptedException failure) {
            LOG.info("No AOT cache for Java workers could be made: {}", failure.toString());
        } finally {
            var _ = fresh.toFile().delete();
        }
    }

    /** The one that assembles the cache is its child, and in its group. */
    private static void end(Process process) {
        if (process.isAlive() && !Posix.signalGroup(process.pid(), WorkerProcess.SIGKILL)) {
            process.destroyForcibly();
        }
    }

    /** What services that were killed meanwhile have left. */
    private static void sweep(Path folder) throws IOException {
        var old = Instant.now().minusSeconds(2L * REHEARSAL_SECONDS);
        try (var halves = Files.newDirectoryStream(folder, "*" + UNFINISHED + "*")) {
            for (var half : halves) {
                if (Files.getLastModifiedTime(half).toInstant().isBefore(old)) {
                    Files.deleteIfExists(half);
                }
            }
        }
    }

    /** What stands behind the options of a worker's command line. */
    List<String> main() {
        return List.of("-cp", jar.toString(), MAIN);
    }

    /** The option that uses the cache, if it is made. */
    List<String> cacheOption() {
        return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
    }
}
