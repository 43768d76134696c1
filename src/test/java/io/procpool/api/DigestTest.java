package io.procpool.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.json.JsonMapper;

/** The main job on real input: the digests of every file of this JDK. */
class DigestTest {
    private static List<Path> files;
    private static Map<String, String> digests;

    @BeforeAll
    static void map_the_digest_over_every_file() throws IOException {
        try (var found = Files.walk(Path.of(System.getProperty("java.home")))) {
            files = found.filter(Files::isRegularFile).filter(Files::isReadable).sorted().toList();
        }
        var names = files.stream().map(Path::toString).toList();
        var body =
                "{\"func\":\"api_digest.compute_digest\",\"chunksize\":20,\"iterable\":"
                        + JsonMapper.shared().writeValueAsString(names)
                        + "}";
        var response = Service.shared().post("/v1/pools/default/map", body);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        var values = Service.json(response).valueStream().map(value -> value.asString()).toList();
        assertThat(values).hasSameSizeAs(names);
        digests = new HashMap<>();
        for (int file = 0; file < names.size(); file++) {
            digests.put(names.get(file), values.get(file));
        }
    }

    @Test
    void they_equal_what_java_computes() {
        assertThat(files).hasSizeGreaterThan(100);
        files.parallelStream()
                .forEach(
                        file ->
                                assertThat(digests.get(file.toString()))
                                        .as(file.toString())
                                        .isEqualTo(sha512(file)));
    }

    private static String sha512(Path file) {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-512");
            var block = new byte[1 << 16];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                digest.update(block, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (NoSuchAlgorithmException never) {
            throw new AssertionError(never);
        }
    }

    static boolean hasSha512sum() {
        return Files.isExecutable(Path.of("/usr/bin/sha512sum"));
    }

    @Test
    @EnabledIf("hasSha512sum")
    void they_equal_what_sha512sum_computes() throws IOException, InterruptedException {
        assertThat(sha512sums(files.stream().map(Path::toString).toList())).isEqualTo(digests);
    }

    /** What sha512sum says, by file. */
    static Map<String, String> sha512sums(List<String> names)
            throws IOException, InterruptedException {
        var list = Files.createTempFile("files", ".txt");
        Files.write(list, names);
        var process =
                new ProcessBuilder("xargs", "-d", "\n", "-a", list.toString(), "sha512sum", "--")
                        .redirectErrorStream(true)
                        .start();
        var told = new HashMap<String, String>();
        try (var lines = process.inputReader().lines()) {
            // The digest, two blanks, the name.
            lines.forEach(line -> told.put(line.substring(130), line.substring(0, 128)));
        }
        assertThat(process.waitFor()).isZero();
        return told;
    }
}
