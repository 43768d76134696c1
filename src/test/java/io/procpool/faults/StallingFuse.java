package io.procpool.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.procpool.service.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file system whose server answers nothing: who looks into it sleeps uninterruptibly, deaf to SIGKILL too, until it is closed. Then the
 * kernel ends the sleep with an error. It also ends with this JVM, whatever happens.
 */
final class StallingFuse implements AutoCloseable {
    private static final long CEILING_SECONDS = 60;

    private final Process server;
    private final Path log;
    private final Path folder;

    private StallingFuse(Process server, Path log, Path folder) {
        this.server = server;
        this.log = log;
        this.folder = folder;
    }

    /** Mounts it on an empty folder; the test is skipped, and says why, where that is not possible. */
    static StallingFuse mountOn(Path folder) throws Exception {
        assumeTrue(
                Files.isWritable(Path.of("/dev/fuse")),
                "there is no /dev/fuse that this user may open: no file system can be made to stall");
        var log = Files.createTempFile("stalling-fuse", ".log");
        var script = Path.of("src/test/python/stalling_fuse.py").toAbsolutePath();
        var server =
                new ProcessBuilder("python3", script.toString(), folder.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        var fuse = new StallingFuse(server, log, folder);
        Waiting.until("it is mounted, or not", () -> fuse.said("ready") || !server.isAlive());
        if (!server.isAlive()) {
            var why = fuse.log().strip();
            fuse.close();
            assumeTrue(false, "no FUSE file system can be mounted here: " + why);
        }
        return fuse;
    }

    /** A file in it, which nobody will ever be told about. */
    Path file() {
        return folder.resolve("file");
    }

    /** Waits until that process, or a thread of that number, is asleep in it. */
    void awaitStalled(long pid) throws InterruptedException {
        Waiting.until(pid + " is stalled", () -> said(Long.toString(pid)));
    }

    /** The same for whoever it is. */
    void awaitAnyStalled() throws InterruptedException {
        Waiting.until("somebody is stalled", () -> log().lines().count() > 1);
    }

    private boolean said(String line) {
        return log().lines().anyMatch(line::equals);
    }

    private String log() {
        try {
            return Files.readString(log, UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    /** Lets all go. */
    @Override
    public void close() throws IOException {
        server.getOutputStream().close();
        try {
            if (!server.waitFor(CEILING_SECONDS, TimeUnit.SECONDS)) {
                server.destroyForcibly();
                throw new AssertionError("the file system did not end: " + log());
            }
        } catch (InterruptedException interrupted) {
            server.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }
}
