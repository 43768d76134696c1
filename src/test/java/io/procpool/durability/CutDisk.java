package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assumptions.abort;

import io.procpool.service.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An ext4 file system of its own, in a file, whose power can be cut: what was not synced is gone then, and until it is mounted anew each operation fails with EIO. Needs root and
 * loop devices.
 */
final class CutDisk implements AutoCloseable {
    /** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: not even the journal is written any more. */
    private static final String CUT =
            """
            import fcntl, os, struct, sys, time
            descriptor = os.open(sys.argv[1], os.O_RDONLY)
            moment = time.monotonic_ns()
            fcntl.ioctl(descriptor, 0x8004587D, struct.pack("I", 2))
            with open(sys.argv[2], "w") as file: file.write(str(moment))
            """;

    private static final String MAKER = "mkfs.ext4";
    private static final long LONGEST_SECONDS = 60; // a ceiling, of one command

    private final Path folder;
    private final Path image;
    private final Path mount;
    private boolean mounted;

    private CutDisk(Path folder) {
        this.folder = folder;
        image = folder.resolve("image");
        mount = folder.resolve("mount");
    }

    /** Without one there the test that needs it is skipped, and says why. */
    static void require() {
        impossible(MAKER)
                .ifPresent(
                        why -> {
                            System.out.println("no power cut is tried: " + why);
                            abort(why);
                        });
    }

    /**
     * Why there can't be one here; empty: there can.
     *
     * @param maker the program that makes a file system in a file
     */
    static Optional<String> impossible(String maker) {
        if (!Integer.valueOf(0).equals(uid())) {
            return Optional.of("not root: no file system can be mounted, and no power be cut");
        }
        try (var disk = make(maker)) {
            disk.cut();
            return Optional.empty();
        } catch (IOException | IllegalStateException none) {
            return Optional.of("no loop-mounted ext4 here: " + none.getMessage());
        }
    }

    private static Object uid() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException none) {
            return -1;
        }
    }

    static CutDisk make() throws IOException {
        return make(MAKER);
    }

    private static CutDisk make(String maker) throws IOException {
        var disk = new CutDisk(Files.createTempDirectory("procpool-disk"));
        try {
            Files.createDirectory(disk.mount);
            run(List.of("truncate", "-s", "128M", disk.image.toString()));
            run(List.of(maker, "-q", disk.image.toString()));
            disk.mount();
            return disk;
        } catch (IOException | IllegalStateException failure) {
            disk.close();
            throw failure;
        }
    }

    /** Where it is mounted. */
    Path path() {
        return mount;
    }

    /** As after a power cut: from now on nothing reaches it. Returns when that was, by {@link System#nanoTime}. */
    long cut() {
        var moment = folder.resolve("moment");
        run(List.of("python3", "-c", CUT, mount.toString(), moment.toString()));
        try {
            return Long.parseLong(Files.readString(moment));
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    /** The power is back. Whoever had files open there must be gone. */
    void restore() throws InterruptedException {
        Waiting.until("nobody uses the disk", this::unmounted);
        mount();
    }

    private void mount() {
        run(List.of("mount", "-o", "loop", image.toString(), mount.toString()));
        mounted = true;
    }

    private boolean unmounted() {
        if (mounted && status(List.of("umount", mount.toString())).isEmpty()) {
            mounted = false;
        }
        return !mounted;
    }

    private static void run(List<String> command) {
        status(command)
                .ifPresent(
                        said -> {
                            throw new IllegalStateException(command.getFirst() + ": " + said);
                        });
    }

    /** What it said if it failed; or why there is no such program. */
    private static Optional<String> status(List<String> command) {
        try {
            return status(new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException none) {
            return Optional.of(String.valueOf(none.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    private static Optional<String> status(Process process)
            throws IOException, InterruptedException {
        if (!process.waitFor(LONGEST_SECONDS, SECONDS)) { // it says a line: no pipe is full of that
            process.destroyForcibly();
            return Optional.of("it did not end");
        }
        var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return process.exitValue() == 0 ? Optional.empty() : Optional.of(said);
    }

    /** Whatever still uses it. The loop device goes with the mount. */
    @Override
    public void close() throws IOException {
        try {
            if (mounted && !unmounted()) {
                run(List.of("umount", "--lazy", mount.toString()));
            }
        } finally {
            Files.deleteIfExists(image);
            Files.deleteIfExists(mount);
            Files.deleteIfExists(folder.resolve("moment"));
            Files.deleteIfExists(folder);
        }
    }
}
