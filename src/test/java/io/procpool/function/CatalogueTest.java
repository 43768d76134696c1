package io.procpool.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.function.Catalogue.Module;
import io.procpool.problem.Failure.FunctionUnknown;
import io.procpool.problem.Refused;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {
    private final Catalogue catalogue =
            Catalogue.of(
                    List.of(
                            new Module("math", Set.of("sqrt", "factorial"), null),
                            new Module("a", Set.of("f"), null),
                            new Module("a.b", Set.of("g"), null),
                            new Module("broken", Set.of(), "ImportError: no module named x"),
                            new Module("broken.deep", Set.of(), "SyntaxError: bad")));

    @ParameterizedTest
    @ValueSource(strings = {"math.sqrt", "math.factorial", "a.f", "a.b.g"})
    void a_function_of_a_module_can_be_called(String func) {
        assertThat(catalogue.has(func)).isTrue();
        catalogue.require(func);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "math",
                "math.",
                ".sqrt",
                "",
                ".",
                "math..sqrt",
                "math.sqrt.",
                "math.Sqrt",
                "math.cos",
                "a.g",
                "a.b.f",
                "b.g",
                "math.sqrt ",
                " math.sqrt",
                "math.__loader__",
                "a.b",
                "x.math.sqrt"
            })
    void any_other_name_reaches_nothing(String func) {
        assertThat(catalogue.has(func)).isFalse();
        assertUnknown(func, null);
    }

    private void assertUnknown(String func, String cause) {
        assertThatThrownBy(() -> catalogue.require(func))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.problem())
                                        .isEqualTo(new FunctionUnknown(func, cause)));
    }

    @Test
    void a_function_of_a_module_that_is_broken_is_unknown_with_the_cause() {
        assertUnknown(
                "broken.f", "module broken can't be imported: ImportError: no module named x");
        assertUnknown("broken.deep.f", "module broken.deep can't be imported: SyntaxError: bad");
        assertUnknown(
                "broken.other.f",
                "module broken can't be imported: ImportError: no module named x");
        assertUnknown("brokenness.f", null);
    }

    @Test
    void of_two_modules_with_one_name_the_later_counts() {
        var twice =
                Catalogue.of(
                        List.of(
                                new Module("m", Set.of("old"), null),
                                new Module("m", Set.of("new"), null)));
        assertThat(twice.has("m.new")).isTrue();
        assertThat(twice.has("m.old")).isFalse();
    }
}
