package io.procpool.api;

import static io.procpool.api.Refusing.problem;
import static io.procpool.api.Refusing.refused;
import static io.procpool.service.Waiting.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The functions folder is watched: what is written there can be called, as it is there. */
class FunctionsFolderTest {
    private final Service service = LimitedService.get();
    private final Path folder = LimitedService.functions();
    private OwnPool pool;

    @BeforeEach
    void open() {
        pool = OwnPool.of(service, "{\"processes\":2}");
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static String call(String func) {
        return "{\"func\":\"" + func + "\"}";
    }

    private void write(String file, String source) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), source);
    }

    @Test
    void a_new_module_can_be_called_at_once() throws IOException {
        pool.value("apply", "{\"func\":\"math.sqrt\",\"args\":[4]}");
        for (int module = 1; module <= 3; module++) {
            write("new_" + module + ".py", "def f():\n    return " + module + "\n");
            assertThat(pool.value("apply", call("new_" + module + ".f")))
                    .isEqualTo(Integer.toString(module));
        }
        write("package/__init__.py", "def g():\n    return 'g'\n");
        write("package/inner.py", "def h():\n    return 'h'\n");
        assertThat(pool.value("apply", call("package.inner.h"))).isEqualTo("\"h\"");
        assertThat(pool.value("apply", call("package.g"))).isEqualTo("\"g\"");
        refused(service, () -> pool.apply(call("package.inner")), 404, "function-unknown");
        refused(service, () -> pool.apply(call("package.inner.h.x")), 404, "function-unknown");
    }

    @Test
    void an_edited_module_is_picked_up_and_no_call_fails_meanwhile()
            throws IOException, InterruptedException {
        write("edited.py", "def f():\n    return 1\n");
        assertThat(pool.value("apply", call("edited.f"))).isEqualTo("1");
        write("edited.py", "def f():\n    return 2\n");
        until(
                "the edit is picked up",
                () -> {
                    var value = pool.value("apply", call("edited.f"));
                    assertThat(value).isIn("1", "2");
                    return value.equals("2");
                });
        write("edited.py", "def f():\n    return 2\n\n\ndef added():\n    return 3\n");
        assertThat(pool.value("apply", call("edited.added"))).isEqualTo("3");
    }

    @Test
    void what_is_taken_away_can_not_be_called_any_more() throws IOException, InterruptedException {
        write("removed.py", "def f():\n    return 1\n");
        assertThat(pool.value("apply", call("removed.f"))).isEqualTo("1");
        Files.delete(folder.resolve("removed.py"));
        until("it is gone", () -> pool.apply(call("removed.f")).statusCode() == 404);
        refused(service, () -> pool.apply(call("removed.f")), 404, "function-unknown");
    }

    @Test
    void a_broken_module_is_unknown_with_its_cause_until_it_is_mended() throws IOException {
        write("broken.py", "def f(:\n    return 1\n");
        var syntax = refused(service, () -> pool.apply(call("broken.f")), 404, "function-unknown");
        assertThat(syntax.get("cause").asString()).contains("SyntaxError", "broken.py", "line 1");
        assertThat(syntax.get("detail").asString()).contains("broken.f", "SyntaxError");
        write("broken.py", "raise RuntimeError('not today')\n");
        var raising = refused(service, () -> pool.apply(call("broken.f")), 404, "function-unknown");
        assertThat(raising.get("cause").asString()).contains("RuntimeError: not today");
        assertThat(pool.value("apply", "{\"func\":\"there.same\",\"args\":[1]}")).isEqualTo("1");
        write("broken.py", "def f():\n    return 'mended'\n");
        assertThat(pool.value("apply", call("broken.f"))).isEqualTo("\"mended\"");
        Files.delete(folder.resolve("broken.py"));
    }

    @Test
    void private_names_of_files_are_no_modules() throws IOException {
        write("_hidden.py", "def f():\n    return 1\n");
        write("no-name.py", "def f():\n    return 1\n");
        write("_package/inner.py", "def f():\n    return 1\n");
        for (var func : new String[] {"_hidden.f", "no-name.f", "_package.inner.f"}) {
            refused(service, () -> pool.apply(call(func)), 404, "function-unknown");
        }
    }

    /** A label is a series for ever: a folder of any size must not make them without end. */
    @Test
    void the_metrics_name_the_first_two_hundred_functions() throws IOException {
        var source = new StringBuilder();
        IntStream.range(0, 220)
                .forEach(n -> source.append("def f%d():\n    return %d\n\n\n".formatted(n, n)));
        write("many.py", source.toString());
        for (int n = 0; n < 220; n++) {
            assertThat(pool.value("apply", call("many.f" + n))).isEqualTo(Integer.toString(n));
        }
        var scrape = Scrape.of(service);
        var functions =
                scrape
                        .of("procpool_task_execution_seconds_count", Map.of("pool", pool.name()))
                        .stream()
                        .map(sample -> sample.labels().get("function"))
                        .distinct()
                        .toList();
        assertThat(functions).hasSizeBetween(100, 201).contains("_other");
        assertThat(pool.metric("procpool_task_execution_seconds_count", "function", "_other"))
                .isGreaterThanOrEqualTo(20);
        problem(pool.apply(call("many.f220")), 404, "function-unknown");
        Files.delete(folder.resolve("many.py"));
    }
}
