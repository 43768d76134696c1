package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the functions folders hold for Java: jars at any depth, and at the top {@code java.classes}, which names the classes whose functions
 * may be called, one binary name a line; what stands behind a {@code #} is a comment.
 *
 * @param loader of all jars together; it sees the JDK, and of ours {@link Current} alone
 * @param names of the classes that may be called
 */
record UserClasses(ClassLoader loader, Set<String> names, List<String> warnings) {
    private static final String LIST = "java.classes";
    private static final int DEEPEST = 16;

    static UserClasses in(List<Path> folders) {
        var jars = new ArrayList<URL>();
        var names = new LinkedHashSet<String>();
        var warnings = new ArrayList<String>();
        for (var folder : folders) {
            try {
                if (Files.isDirectory(folder)) {
                    addJars(folder, jars);
                    addNames(folder.resolve(LIST), names, warnings);
                }
            } catch (IOException | RuntimeException failure) {
                warnings.add(folder + " can't be read: " + failure);
            }
        }
        var loader = new URLClassLoader("functions", jars.toArray(URL[]::new), new Window());
        return new UserClasses(loader, names, warnings);
    }

    /** On the JDK, and on the one class of ours that is for functions to use. A jar that has one of that name too does not hide it. */
    private static final class Window extends ClassLoader {
        Window() {
            super("procpool", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.equals(Current.class.getName())) {
                return Current.class;
            }
            throw new ClassNotFoundException(name);
        }
    }

    private static void addJars(Path folder, List<URL> jars) throws IOException {
        try (var files =
                Files.find(
                        folder,
                        DEEPEST,
                        (file, attributes) ->
                                attributes.isRegularFile()
                                        && file.getFileName().toString().endsWith(".jar")
                                        && isVisible(folder.relativize(file)),
                        FileVisitOption.FOLLOW_LINKS)) {
            for (var jar : files.sorted().toList()) {
                jars.add(url(jar));
            }
        }
    }

    private static boolean isVisible(Path file) {
        for (var part : file) {
            if (part.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    private static URL url(Path jar) throws MalformedURLException {
        return jar.toUri().toURL();
    }

    private static void addNames(Path list, Set<String> names, List<String> warnings)
            throws IOException {
        if (!Files.exists(list)) {
            return;
        }
        for (var line : Files.readAllLines(list, UTF_8)) {
            var name = line.replaceFirst("#.*", "").strip();
            if (Patterns.isClass(name)) {
                names.add(name);
            } else if (!name.isEmpty()) {
                warnings.add("'" + name + "' in " + list + " is no name of a class: ignored");
            }
        }
    }
}
