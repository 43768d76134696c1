package io.procpool.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.function.FunctionsFolder.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionsFolderTest {
    private static final FileTime THEN = FileTime.from(Instant.parse("2025-01-01T00:00:00Z"));

    @TempDir private Path root;

    private Path folder;
    private FunctionsFolder watched;
    private Fingerprint before;

    @BeforeEach
    void make() throws IOException {
        folder = Files.createDirectory(root.resolve("functions"));
        write("a.py", "def f(): pass\n");
        write("package/b.py", "");
        watched = new FunctionsFolder(List.of(folder, root.resolve("missing")));
        before = watched.fingerprint();
    }

    /** All files are of the same moment: only what a test means differs. */
    private Path write(String name, String content) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return Files.setLastModifiedTime(file, THEN);
    }

    private void assertChanged() {
        var now = watched.fingerprint();
        assertThat(now).isNotEqualTo(before);
        before = now;
    }

    private void assertSame() {
        assertThat(watched.fingerprint()).isEqualTo(before);
    }

    @Test
    void nothing_changed_is_the_same() throws IOException {
        assertSame();
        write("a.py", "def f(): pass\n");
        assertSame();
        assertThat(new FunctionsFolder(watched.folders()).fingerprint()).isEqualTo(before);
    }

    @Test
    void a_file_that_comes_changes_or_goes_is_seen_in_any_depth() throws IOException {
        for (var name : List.of("new.py", "package/new.py", "x/y/z/new.py")) {
            write(name, "1");
            assertChanged();
            write(name, "12");
            assertChanged();
            Files.setLastModifiedTime(
                    folder.resolve(name), FileTime.from(THEN.toInstant().plusNanos(1_000_000)));
            assertChanged();
            Files.delete(folder.resolve(name));
            assertChanged();
        }
    }

    @Test
    void a_file_that_is_renamed_is_seen() throws IOException {
        Files.move(folder.resolve("a.py"), folder.resolve("c.py"));
        assertChanged();
    }

    @Test
    void what_is_no_source_is_not_looked_at() throws IOException {
        write("notes.txt", "1");
        write("data.csv", "1");
        write("__pycache__/a.cpython-311.pyc", "1");
        write("package/__pycache__/b.py", "1");
        write(".git/hooks.py", "1");
        write("a.py~", "1");
        Files.createDirectory(folder.resolve("empty"));
        assertSame();
    }

    @Test
    void a_folder_that_comes_or_goes_is_seen() throws IOException {
        var missing = Files.createDirectory(root.resolve("missing"));
        assertSame();
        Files.writeString(missing.resolve("m.py"), "");
        assertChanged();
        Files.delete(missing.resolve("m.py"));
        Files.delete(missing);
        assertChanged();
    }

    @Test
    void a_folder_whose_own_name_is_hidden_is_looked_at() throws IOException {
        var hidden = Files.createDirectory(root.resolve(".functions"));
        var own = new FunctionsFolder(List.of(hidden));
        var empty = own.fingerprint();
        Files.writeString(hidden.resolve("a.py"), "");
        assertThat(own.fingerprint()).isNotEqualTo(empty);
    }

    @Test
    void links_are_followed_and_circles_and_dangling_ones_do_no_harm() throws IOException {
        var elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("linked"), elsewhere);
        assertSame();
        Files.writeString(elsewhere.resolve("l.py"), "1");
        assertChanged();
        Files.writeString(elsewhere.resolve("l.py"), "12");
        assertChanged();
        Files.createSymbolicLink(folder.resolve("circle"), folder);
        assertThat(watched.fingerprint()).isEqualTo(before);
        Files.createSymbolicLink(folder.resolve("dangling"), root.resolve("nowhere"));
        assertThat(watched.fingerprint()).isEqualTo(before);
    }

    @Test
    void the_same_files_in_two_folders_are_not_mixed_up() throws IOException {
        var other = Files.createDirectory(root.resolve("other"));
        var both = new FunctionsFolder(List.of(folder, other));
        var first = both.fingerprint();
        Files.move(folder.resolve("a.py"), other.resolve("a.py"));
        assertThat(both.fingerprint()).isNotEqualTo(first);
    }

    @Test
    void each_runtime_can_look_at_its_own_files() throws IOException {
        var python = before.of(name -> name.endsWith(".py"));
        var java = before.of(name -> name.endsWith(".jar"));
        write("shapes.jar", "1");
        assertChanged();
        assertThat(before.of(name -> name.endsWith(".py"))).isEqualTo(python);
        assertThat(before.of(name -> name.endsWith(".jar"))).isNotEqualTo(java);
    }
}
