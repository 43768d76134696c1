package io.procpool.function;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The functions folders as they are on disk now. Changes are found by looking (names, sizes, times of the files), not by
 * kernel events: those don't come from bind mounts and network file systems, where people keep such folders.
 */
public final class FunctionsFolder {
    private static final int DEEPEST = 16;
    private static final Pattern SOURCES = Pattern.compile("\\.(py|jar|classes)$");

    private final List<Path> folders;

    public FunctionsFolder(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    public List<Path> folders() {
        return folders;
    }

    /** Whether one of the folders has this module, as a file or as a package. */
    public boolean hasModule(String module) {
        var path = module.replace('.', '/');
        return folders.stream()
                .anyMatch(
                        folder ->
                                Files.isRegularFile(folder.resolve(path + ".py"))
                                        || Files.isRegularFile(
                                                folder.resolve(path + "/__init__.py")));
    }

    /**
     * The files as they were at one moment.
     *
     * @param files what is known of each, by its path
     */
    public record Fingerprint(SortedMap<Path, String> files) {
        public Fingerprint {
            files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        }

        /** A value that differs from an earlier one if one of these files came, went or changed in between. */
        public String of(Predicate<String> fileNames) {
            return files.entrySet().stream()
                    .filter(file -> fileNames.test(String.valueOf(file.getKey().getFileName())))
                    .map(Object::toString)
                    .collect(Collectors.joining(", "));
        }
    }

    /** What is there now. */
    public Fingerprint fingerprint() {
        var files = new TreeMap<Path, String>();
        for (var folder : folders) {
            if (Files.isDirectory(folder)) {
                read(folder, files);
            }
        }
        return new Fingerprint(files);
    }

    private static void read(Path folder, Map<Path, String> files) {
        try {
            Files.walkFileTree(
                    folder,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    DEEPEST,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path dir, BasicFileAttributes attributes) {
                            var name = String.valueOf(dir.getFileName());
                            var hidden =
                                    !dir.equals(folder)
                                            && (name.startsWith(".") || name.equals("__pycache__"));
                            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            if (SOURCES.matcher(file.toString()).find()) {
                                files.put(
                                        file,
                                        attributes.size() + "@" + attributes.lastModifiedTime());
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException failure) {
                            return FileVisitResult
                                    .CONTINUE; // gone since it was listed, or not ours to read:
                            // then it is no function
                        }
                    });
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
