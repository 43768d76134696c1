package io.procpool.durability;

import static java.nio.charset.StandardCharsets.UTF_8;

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
            import fcntl, os, struct, sys
            descriptor = os.open(sys.argv[1], os.O_RDONLY)
            fcntl.ioctl(descriptor, 0x8004587D, struct.pack("I", 2))
            """;

    private final Path folder;
    private final Path image;
    private final Path mount;
    private boolean mounted;

    private CutDisk(Path folder) {
        this.folder = folder;
        image = folder.resolve("image");
        mount = folder.resolve("mount");
    }

    /** Why there can't be one here; empty: there can. */
    static Optional<String> impossible() {
        if (!Integer.valueOf(0).equals(uid())) {
            return Optional.of("not root: no file system can be mounted, and no power be cut");
        }
        try (var disk = make()) {
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
        var disk = new CutDisk(Files.createTempDirectory("procpool-disk"));
        try {
            Files.createDirectory(disk.mount);
            run(List.of("truncate", "-s", "128M", disk.image.toString()));
            run(List.of("mkfs.ext4", "-q", disk.image.toString()));
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

    /** As after a power cut: from now on nothing reaches it. */
    void cut() {
        run(List.of("python3", "-c", CUT, mount.toString()));
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

    /** What it said if it failed. */
    private static Optional<String> status(List<String> command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            return process.waitFor() == 0 ? Optional.empty() : Optional.of(said);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** Whatever still uses it. The loop device goes with the mount. */
    @Override
    public void close() throws IOException {
        if (mounted && !unmounted()) {
            run(List.of("umount", "--lazy", mount.toString()));
        }
        Files.deleteIfExists(mount);
        Files.deleteIfExists(image);
        Files.deleteIfExists(folder);
    }
}
