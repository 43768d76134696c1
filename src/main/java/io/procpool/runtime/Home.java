package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;

/** The service's own folder, closed to others. */
final class Home {
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    /** The path of a Unix socket has at most 106 bytes in Java (107 in unix(7)); the file's name takes up to 28 of them. */
    private static final int LONGEST_SOCKET_FOLDER = 78;

    private static final Pattern SOCKET = Pattern.compile("workers-(\\d{1,10})-.*\\.sock");

    private final Path path;

    Home(Path path) throws IOException {
        this.path = privateFolder(path);
    }

    Path path() {
        return path;
    }

    /** Where the worker socket is: in here, or in the temporary folder if this path is too long for a socket. */
    Path newSocketPath() throws IOException {
        var name =
                "workers-"
                        + ProcessHandle.current().pid()
                        + "-"
                        + HexFormat.of().toHexDigits(System.nanoTime(), 6)
                        + ".sock";
        var folder = path.resolve("sockets");
        if (folder.toString().getBytes(UTF_8).length <= LONGEST_SOCKET_FOLDER) {
            sweep(privateFolder(folder));
            return folder.resolve(name);
        }
        var temporary =
                Files.createTempDirectory(
                        "procpool", PosixFilePermissions.asFileAttribute(PRIVATE));
        temporary.toFile().deleteOnExit();
        return temporary.resolve(name);
    }

    /** Sockets of services that were killed: nobody else takes them away. */
    private static void sweep(Path folder) throws IOException {
        try (var sockets = Files.list(folder)) {
            for (var socket : sockets.toList()) {
                var owner = SOCKET.matcher(String.valueOf(socket.getFileName()));
                if (owner.matches() && ProcessHandle.of(Long.parseLong(owner.group(1))).isEmpty()) {
                    Files.deleteIfExists(socket);
                }
            }
        }
    }

    Path folder(String name) throws IOException {
        return privateFolder(path.resolve(name));
    }

    /**
     * Unpacks files into {@code runtime/<sha256 of all of them>/}, unless they are there already. Whatever ends the service, a power cut too: where that folder is, it is whole.
     *
     * @param files contents by relative path
     */
    Path unpack(Map<String, byte[]> files) throws IOException {
        var target = folder("runtime").resolve(digest(files));
        if (Files.isDirectory(target)) {
            return target;
        }
        var fresh = Files.createTempDirectory(folder("runtime"), "unpacking");
        for (var file : files.entrySet()) {
            var destination = fresh.resolve(file.getKey());
            Files.createDirectories(destination.getParent());
            Files.write(destination, file.getValue());
        }
        syncAll(fresh);
        try {
            Files.move(fresh, target);
        } catch (IOException failure) {
            if (!Files.isDirectory(target)) {
                throw failure;
            }
            // Another service of the same home was quicker.
            FileSystemUtils.deleteRecursively(fresh);
        }
        return target;
    }

    /** A file system may make the new name last before what is in the files. */
    private static void syncAll(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var each : all.toList()) {
                try (var channel = FileChannel.open(each, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }

    private static String digest(Map<String, byte[]> files) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            files.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(
                            file -> {
                                digest.update(
                                        (file.getKey() + "\0" + file.getValue().length + "\0")
                                                .getBytes(UTF_8));
                                digest.update(file.getValue());
                            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every JDK has it
        }
    }

    private static Path privateFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PRIVATE);
        return folder;
    }
}
