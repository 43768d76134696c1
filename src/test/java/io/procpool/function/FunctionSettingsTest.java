package io.procpool.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class FunctionSettingsTest {

    private static FunctionSettings bound(Map<String, ?> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("procpool.functions", FunctionSettings.class);
    }

    @Test
    void at_first_mathematics_and_the_folder_functions_can_be_called() {
        var plain = bound(Map.of());
        assertThat(plain.path()).containsExactly(Path.of("functions").toAbsolutePath());
        assertThat(plain.allow()).containsExactly("math.*", "statistics.*", "java.lang.Math.*");
    }

    @Test
    void both_are_lists_with_commas() {
        var settings =
                bound(
                        Map.of(
                                "procpool.functions.path", "/a,/b/../c",
                                "procpool.functions.allow", "json.dumps, os.path.join"));
        assertThat(settings.path()).containsExactly(Path.of("/a"), Path.of("/c"));
        assertThat(settings.allow()).containsExactly("json.dumps", "os.path.join");
    }

    @ParameterizedTest
    @ValueSource(strings = {"math.*", "a.b", "a.b.c", "a1.b_2.C3", "java.lang.Math.abs", "a.b.*"})
    void a_name_or_all_names_of_a_module_can_be_allowed(String entry) {
        assertThat(new FunctionSettings(List.of(), List.of(entry)).allow()).containsExactly(entry);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*", "math", "*.sqrt", "a.*.b", "a..b", ".a", "a.", "a.b*", "_a.b", "a._b",
                "a.__b__", "a.b()", "a b.c", "", "a.**", "a/b.c", "1a.b", "a.1b", "é.f"
            })
    void anything_wider_or_else_is_refused_with_what_to_write(String entry) {
        assertThatThrownBy(() -> new FunctionSettings(List.of(), List.of("math.*", entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("procpool.functions.allow: '" + entry + "'")
                .hasMessageContaining("write module.name, or module.*");
    }
}
