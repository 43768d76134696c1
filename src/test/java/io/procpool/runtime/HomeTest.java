package io.procpool.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    private static final int LONGEST_PID = 7; // 4194304, the highest pid_max of Linux

    @TempDir private Path folder;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void it_is_made_closed_to_others_with_all_that_is_in_it() throws IOException {
        var home = new Home(folder.resolve("a/b/home"));
        assertThat(mode(home.path())).isEqualTo("rwx------");
        assertThat(mode(home.folder("output"))).isEqualTo("rwx------");
        assertThat(mode(home.newSocketPath().getParent())).isEqualTo("rwx------");
        assertThat(home.newSocketPath().startsWith(home.path())).isTrue();
    }

    @Test
    void one_that_is_open_to_others_is_closed() throws IOException {
        var open = Files.createDirectory(folder.resolve("home"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        new Home(open);
        assertThat(mode(open)).isEqualTo("rwx------");
    }

    @Test
    void a_socket_can_be_bound_whatever_length_the_homes_path_has() throws IOException {
        int shortest = folder.toString().length() + 2;
        for (int length = shortest; length < 160; length++) {
            var home = new Home(folder.resolve("x".repeat(length - shortest + 1)));
            var path = home.newSocketPath();
            int withLongestPid =
                    path.toString().getBytes(UTF_8).length
                            + LONGEST_PID
                            - Long.toString(ProcessHandle.current().pid()).length();
            assertThat(withLongestPid).as("%s", path).isLessThanOrEqualTo(106);
            assertThat(mode(path.getParent())).isEqualTo("rwx------");
            try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(path));
            }
            Files.delete(path);
            if (!path.startsWith(home.path())) {
                Files.delete(path.getParent());
            }
        }
    }

    @Test
    void a_path_of_long_characters_is_measured_in_bytes() throws IOException {
        var home = new Home(folder.resolve("日".repeat(30)));
        var path = home.newSocketPath();
        assertThat(path.startsWith(home.path())).isFalse();
        Files.delete(path.getParent());
    }

    @Test
    void every_socket_has_a_name_of_its_own() throws IOException {
        var home = new Home(folder);
        var names = new HashSet<Path>();
        for (int i = 0; i < 20; i++) {
            names.add(home.newSocketPath());
        }
        assertThat(names).hasSizeGreaterThan(1);
    }

    private static Map<String, byte[]> files(String content) {
        var files = new TreeMap<String, byte[]>();
        files.put("package/a.py", content.getBytes(UTF_8));
        files.put("package/deep/b.py", "b".getBytes(UTF_8));
        return files;
    }

    @Test
    void files_are_unpacked_once_below_a_name_that_says_what_they_are() throws IOException {
        var home = new Home(folder);
        var target = home.unpack(files("a"));
        assertThat(target.getParent()).isEqualTo(folder.resolve("runtime"));
        assertThat(target.getFileName().toString()).matches("[0-9a-f]{64}");
        assertThat(target.resolve("package/a.py")).hasContent("a");
        assertThat(target.resolve("package/deep/b.py")).hasContent("b");
        var before = Files.getLastModifiedTime(target.resolve("package/a.py"));
        assertThat(home.unpack(files("a"))).isEqualTo(target);
        assertThat(Files.getLastModifiedTime(target.resolve("package/a.py"))).isEqualTo(before);
        assertThat(mode(target.getParent())).isEqualTo("rwx------");
    }

    @Test
    void other_files_are_unpacked_elsewhere() throws IOException {
        var home = new Home(folder);
        var target = home.unpack(files("a"));
        assertThat(home.unpack(files("c"))).isNotEqualTo(target);
        // The same bytes, cut into names and contents in another way.
        assertThat(home.unpack(Map.of("ab", new byte[0])))
                .isNotEqualTo(home.unpack(Map.of("a", "b".getBytes(UTF_8))));
    }

    @Test
    void services_that_unpack_at_once_get_the_same_whole_folder() throws IOException {
        for (int round = 0; round < 10; round++) {
            var content = "round " + round;
            var unpacking =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    _ ->
                                            CompletableFuture.supplyAsync(
                                                    () -> {
                                                        try {
                                                            return new Home(folder)
                                                                    .unpack(files(content));
                                                        } catch (IOException failure) {
                                                            throw new IllegalStateException(
                                                                    failure);
                                                        }
                                                    },
                                                    Thread::startVirtualThread))
                            .toList();
            var targets = new HashSet<>(unpacking.stream().map(CompletableFuture::join).toList());
            assertThat(targets).hasSize(1);
            assertThat(targets.iterator().next().resolve("package/a.py")).hasContent(content);
        }
        try (var left = Files.list(folder.resolve("runtime"))) {
            assertThat(left).as("nothing half done is left").hasSize(10);
        }
    }
}
