package io.procpool.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A small file system of a test's own, where the test may mount one. */
record Disk(Path path) implements AutoCloseable {
    static Optional<Disk> mounted(Path path, String... how)
            throws IOException, InterruptedException {
        Files.createDirectories(path);
        var command =
                Stream.of(Stream.of("mount"), Stream.of(how), Stream.of(path.toString()))
                        .flatMap(part -> part)
                        .toList();
        return run(command) ? Optional.of(new Disk(path)) : Optional.empty();
    }

    static Optional<Disk> ext4(Path path, Path image) throws IOException, InterruptedException {
        try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(64 << 20);
        }
        return run(List.of("mkfs.ext4", "-q", "-F", image.toString()))
                ? mounted(path, "-o", "loop", image.toString())
                : Optional.empty();
    }

    /** As if the power had gone: what is not on the disk will not be, and all further writes fail. */
    void shutDown() throws IOException, InterruptedException {
        // EXT4_IOC_SHUTDOWN = _IOR('X', 125, __u32), without a flush of the log: 2
        var script =
                "import fcntl,os,struct,sys;"
                        + "fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587d,struct.pack('I',2))";
        if (!run(List.of("python3", "-c", script, path.toString()))) {
            throw new IOException("the file system was not shut down");
        }
    }

    private static boolean run(List<String> command) throws IOException, InterruptedException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            boolean done = process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
            if (!done) {
                System.out.println(command.getFirst() + ": " + said.strip());
            }
            return done;
        } catch (IOException absent) {
            System.out.println(absent.getMessage());
            return false;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run(List.of("umount", "-l", path.toString()));
    }
}
