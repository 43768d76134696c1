package io.procpool.service;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;

/** A functions folder with a jar, compiled from {@code src/test/java-functions}, and the list of its classes. */
public final class JarOfTheTests {
    private static final Path WORKER_JAR = Path.of("target/classes/META-INF/procpool/worker.jar");
    private static final Path SOURCES = Path.of("src/test/java-functions");

    private JarOfTheTests() {}

    private static final class Holder {
        static final Path FOLDER = make();
    }

    /** One folder for all tests, which must leave it as it is. */
    public static Path folder() {
        return Holder.FOLDER;
    }

    private static Path make() {
        try {
            var folder = Files.createTempDirectory("procpool-jar");
            compile(sources(SOURCES), folder.resolve("lib/functions.jar"));
            Files.copy(
                    SOURCES.resolve("java.classes"),
                    folder.resolve("java.classes"),
                    StandardCopyOption.REPLACE_EXISTING);
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    /** Compiles sources against {@code worker.jar}, with the names of parameters, into a jar. */
    public static void compile(List<Path> sources, Path jar) throws IOException {
        var classes = Files.createTempDirectory("procpool-classes");
        var compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options =
                    List.of(
                            "-d",
                            classes.toString(),
                            "-classpath",
                            WORKER_JAR.toString(),
                            "-parameters",
                            "-proc:none",
                            "-nowarn");
            var task =
                    compiler.getTask(
                            messages,
                            files,
                            null,
                            options,
                            null,
                            files.getJavaFileObjectsFromPaths(sources));
            if (!task.call()) {
                throw new IllegalStateException(messages.toString());
            }
        }
        Files.createDirectories(jar.getParent());
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var compiled = Files.walk(classes)) {
            for (var file : compiled.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }
}
