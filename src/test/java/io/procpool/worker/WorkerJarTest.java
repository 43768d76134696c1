package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The jar that the build makes for worker JVMs. */
class WorkerJarTest {
    private static final Path JAR = Path.of("target/classes/META-INF/procpool/worker.jar");

    @Test
    void same_sources_give_the_same_bytes() throws IOException {
        try (var jar = new JarFile(JAR.toFile())) {
            var names = jar.stream().map(ZipEntry::getName).toList();

            assertThat(names).first().isEqualTo("META-INF/MANIFEST.MF");
            assertThat(names.subList(1, names.size())).isSorted();
            assertThat(jar.stream().map(ZipEntry::getTimeLocal).distinct()).hasSize(1);
            assertThat(jar.getManifest().getMainAttributes().keySet())
                    .extracting(Object::toString)
                    .containsExactlyInAnyOrder(
                            "Manifest-Version",
                            "Main-Class",
                            "Multi-Release",
                            "Enable-Native-Access");
        }
    }

    @Test
    void it_holds_what_a_worker_needs_and_no_framework() throws IOException {
        try (var jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().map(ZipEntry::getName))
                    .contains(
                            "io/procpool/worker/Main.class",
                            "io/procpool/wire/Frame.class",
                            "io/procpool/payload/Payload.class",
                            "tools/jackson/databind/ObjectMapper.class",
                            "META-INF/services/tools.jackson.core.TokenStreamFactory")
                    .noneMatch(name -> name.endsWith("module-info.class"))
                    .allMatch(
                            name ->
                                    name.startsWith("META-INF/")
                                            || name.startsWith("tools/jackson/")
                                            || name.startsWith("com/fasterxml/jackson/annotation/")
                                            || name.matches(
                                                    "io/procpool/(worker|wire|payload|problem)/.*"));
        }
    }

    @Test
    @Timeout(60)
    void a_rehearsal_goes_through_what_a_worker_does_and_ends_well()
            throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                JAR.toString(),
                                "io.procpool.worker.Main",
                                "--train")
                        .redirectErrorStream(true)
                        .start();

        assertThat(process.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("trained\n");
        assertThat(process.waitFor()).isZero();
    }
}
