package io.procpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.payload.Payload;
import io.procpool.service.JarOfTheTests;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which Java functions exist. */
class WorkerCatalogueTest {
    private static final Catalogue CATALOGUE = FunctionsOfTheTests.CATALOGUE;

    private static Catalogue.Module module(String name) {
        return CATALOGUE.modules().stream()
                .filter(module -> module.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Test
    void public_static_methods_of_named_classes_can_be_called() {
        assertThat(module("functions.Tasks").functions()).containsKeys("add", "echo", "segfault");
        assertThat(module("functions.Tasks").error()).isNull();
        assertThat(module("java.lang.Math").functions()).containsKeys("max", "floorMod");
        assertThat(module("java.lang.Integer").functions()).containsOnlyKeys("parseInt");
        assertThat(module("functions.Child").functions()).containsOnlyKeys("own");
    }

    @Test
    void a_signature_lists_the_overloads() {
        assertThat(module("java.lang.Math").functions().get("max").signature())
                .isEqualTo(
                        "(double, double) -> double; (float, float) -> float; (int, int) -> int; (long, long) -> long");
        assertThat(module("functions.Shapes").functions().get("join").signature())
                .isEqualTo("(String separator, String... parts) -> String");
        assertThat(module("functions.Shapes").functions().get("mapOf").signature())
                .isEqualTo("(Map<Color, Set<Integer>> value) -> Map<Color, Set<Integer>>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.Runtime.exec",
                "java.lang.Runtime.getRuntime",
                "java.lang.System.exit",
                "java.lang.Integer.valueOf",
                "functions.Unlisted.secret",
                "functions.Hidden.secret",
                "functions.Child.inherited",
                "functions.Parent.inherited",
                "functions.Shapes.packagePrivate",
                "functions.Shapes.hidden",
                "functions.Shapes._underscored",
                "functions.Shapes.ofAnObject",
                "functions.Shapes$Color.valueOf",
                "functions.Shapes.Color.valueOf",
                "functions.Tasks",
                "add",
                "",
                "."
            })
    void nothing_else_can(String func) {
        assertThat(FunctionsOfTheTests.apply(func, "[\"true\"]")).startsWith("function-unknown: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    functions.Broken.number   | its initialization failed: java.lang.NumberFormatException
                    functions.Hidden.secret   | the class is not public
                    functions.Missing.nothing | there is no such class: functions.Missing
                    java.lang.Runtime.exec    | it is a class of the JDK
                    io.procpool.worker.Current.progress | it is for functions to use, not to be called
                    io.procpool.worker.Main.main | there is no such class: io.procpool.worker.Main
                    """)
    void a_class_that_cannot_be_used_says_why(String func, String why) {
        assertThat(FunctionsOfTheTests.apply(func, "[]"))
                .startsWith("function-unknown: ")
                .contains(why);
    }

    @Test
    void patterns_are_warned_about_but_not_those_of_other_runtimes() {
        assertThat(CATALOGUE.warnings())
                .anyMatch(warning -> warning.contains("java.lang.NoClass"))
                .anyMatch(warning -> warning.contains("java.lang.Integer.missing"))
                .anyMatch(warning -> warning.contains("'nonsense'"))
                .noneMatch(warning -> warning.contains("math"));
    }

    @Test
    void classes_to_skip_are_not_loaded() {
        var catalogue =
                FunctionsOfTheTests.loaded(
                        new Welcome(
                                1000,
                                20,
                                false,
                                List.of(JarOfTheTests.folder()),
                                List.of(),
                                Map.of("functions.Tasks", "it hangs"),
                                null));

        assertThat(catalogue.modules())
                .filteredOn(module -> module.name().equals("functions.Tasks"))
                .extracting(Catalogue.Module::error)
                .containsExactly("it hangs");
    }

    @Test
    void user_code_sees_the_jdk_and_of_ours_one_class_that_is_for_it() throws Exception {
        var window = CATALOGUE.loader().getParent();
        assertThat(window.getParent()).isEqualTo(ClassLoader.getPlatformClassLoader());
        assertThat(window.loadClass(Current.class.getName())).isEqualTo(Current.class);
        for (var hidden : List.of(Main.class, Telling.class, Header.class, Payload.class)) {
            assertThatThrownBy(() -> CATALOGUE.loader().loadClass(hidden.getName()))
                    .isInstanceOf(ClassNotFoundException.class);
        }
        assertThatThrownBy(() -> CATALOGUE.loader().loadClass("tools.jackson.core.JsonParser"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void the_frame_has_names_in_its_header_and_details_in_its_body() {
        var frame = CatalogueFrame.of(CATALOGUE, 1 << 20);

        assertThat(frame.is(Kind.CATALOGUE)).isTrue();
        var header = Header.list(payload("[" + frame.header() + "]")).getFirst();
        assertThat(header.string("start_method")).isEqualTo("spawn");
        assertThat(header.objects("modules"))
                .filteredOn(module -> "functions.Broken".equals(module.string("name")))
                .singleElement()
                .satisfies(
                        module -> {
                            assertThat(module.strings("functions")).isEmpty();
                            assertThat(module.string("error")).contains("no number");
                        });
        var details = Header.list(payload("[" + frame.payload().utf8() + "]")).getFirst();
        assertThat(
                        details.object("modules")
                                .object("functions.Tasks")
                                .object("functions")
                                .object("add")
                                .string("signature"))
                .isEqualTo("(int a) -> int; (int a, int b) -> int");
        assertThat(CatalogueFrame.of(CATALOGUE, 10).bodySize()).isZero();
    }

    private static io.procpool.payload.Payload payload(String text) {
        return io.procpool.payload.Payload.ofUtf8(text);
    }
}
