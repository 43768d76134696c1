package io.procpool.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.procpool.payload.Payload;
import io.procpool.runtime.WorkerKind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolSpecTest {

    /** The defaults with fields replaced by name. */
    private static PoolSpec with(Map<String, Object> fields) {
        try {
            var components = PoolSpec.class.getRecordComponents();
            var types = new Class<?>[components.length];
            var values = new Object[components.length];
            var plain = PoolSpec.defaults("python", 2);
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values[i] =
                        fields.containsKey(components[i].getName())
                                ? fields.get(components[i].getName())
                                : components[i].getAccessor().invoke(plain);
            }
            return PoolSpec.class.getDeclaredConstructor(types).newInstance(values);
        } catch (java.lang.reflect.InvocationTargetException thrown) {
            throw (RuntimeException) thrown.getCause();
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static PoolSpec with(String field, Object value) {
        var fields = new HashMap<String, Object>();
        fields.put(field, value);
        return with(fields);
    }

    @Test
    void the_defaults_are_those_of_the_design() {
        var plain = PoolSpec.defaults("python", 4);
        assertThat(plain.taskTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(plain.grace()).isEqualTo(Duration.ofSeconds(5));
        assertThat(plain.startTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(plain.queueLimit()).isEqualTo(10_000);
        assertThat(plain.startMethod()).isEqualTo("forkserver");
        assertThat(plain.initargs()).isEqualTo(Payload.ofUtf8("[]"));
        assertThat(plain.maxtasksperchild()).isNull();
        assertThat(plain.maxAge()).isNull();
        assertThat(plain.idleTimeout()).isNull();
        assertThat(plain.maxMemoryPerChild()).isNull();
        assertThat(plain.initializer()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "processes, 0",
        "processes, 1025",
        "maxtasksperchild, 0",
        "queueLimit, 0",
        "queueLimit, -1"
    })
    void a_number_outside_of_its_range_is_refused(String field, int value) {
        assertThatThrownBy(() -> with(field, value)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"processes, 1", "processes, 1024", "maxtasksperchild, 1", "queueLimit, 1"})
    void the_ends_of_a_range_belong_to_it(String field, int value) {
        assertThatCode(() -> with(field, value)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxAge", "idleTimeout", "taskTimeout", "startTimeout"})
    void a_duration_of_nothing_is_refused(String field) {
        assertThatThrownBy(() -> with(field, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 0 seconds");
        assertThatThrownBy(() -> with(field, Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> with(field, Duration.ofNanos(1))).doesNotThrowAnyException();
    }

    @Test
    void a_grace_of_nothing_kills_at_once_and_a_negative_one_is_refused() {
        assertThatCode(() -> with("grace", Duration.ZERO)).doesNotThrowAnyException();
        assertThatThrownBy(() -> with("grace", Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("grace must not be negative");
    }

    @Test
    void names_of_other_things_are_refused_with_the_field_that_has_them() {
        assertThatThrownBy(() -> with("startMethod", "fork"))
                .hasMessage("start_method must be forkserver or spawn");
        assertThatThrownBy(() -> with("preload", List.of("os", "a b")))
                .hasMessage("preload: 'a b' is no module name");
        assertThatThrownBy(() -> with("env", Map.of("A=B", "x")))
                .hasMessage("env: 'A=B' is no variable name");
        assertThatThrownBy(() -> with("env", Map.of("A", "x\0y"))).hasMessageContaining("NUL");
        assertThatThrownBy(() -> with("runtime", " ")).hasMessage("runtime must be named");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "a", "7", "a.b_c-D9"})
    void a_name_of_letters_digits_and_a_few_signs_is_one(String name) {
        assertThat(PoolSpec.isName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", ".a", "_a", "a/b", "a b", "é", "a\n", "..", "a%2f"})
    void anything_else_is_no_name(String name) {
        assertThat(PoolSpec.isName(name)).isFalse();
    }

    @Test
    void a_name_has_at_most_63_characters() {
        assertThat(PoolSpec.isName("x".repeat(63))).isTrue();
        assertThat(PoolSpec.isName("x".repeat(64))).isFalse();
    }

    @Test
    void what_a_worker_is_started_with_decides_whether_it_can_stay() {
        var plain = with(Map.of());
        for (var same : List.of("processes", "maxtasksperchild", "queueLimit")) {
            assertThat(with(same, 7).startsSameWorkers(plain)).as(same).isTrue();
        }
        for (var same : List.of("maxAge", "idleTimeout", "taskTimeout", "startTimeout", "grace")) {
            assertThat(with(same, Duration.ofDays(1)).startsSameWorkers(plain)).as(same).isTrue();
        }
        assertThat(with("initializer", "a.b").startsSameWorkers(plain)).isFalse();
        assertThat(with("initargs", Payload.ofUtf8("[1]")).startsSameWorkers(plain)).isFalse();
        assertThat(with("startMethod", "spawn").startsSameWorkers(plain)).isFalse();
        assertThat(with("preload", List.of("json")).startsSameWorkers(plain)).isFalse();
        assertThat(with("env", Map.of("A", "b")).startsSameWorkers(plain)).isFalse();
        var spawned = with("startMethod", "spawn");
        assertThat(
                        with(Map.of("runtime", "java", "startMethod", "spawn"))
                                .startsSameWorkers(spawned))
                .isFalse();
        assertThat(
                        with(Map.of("kind", WorkerKind.THREAD, "startMethod", "spawn"))
                                .startsSameWorkers(spawned))
                .isFalse();
    }

    @Test
    void what_a_runtime_or_a_kind_does_not_have_is_refused() {
        assertThatThrownBy(() -> with("runtime", "java"))
                .hasMessage("start_method forkserver is for processes of runtime python");
        assertThatThrownBy(() -> with("kind", WorkerKind.THREAD))
                .hasMessage("start_method forkserver is for processes of runtime python");
        var thread = Map.<String, Object>of("kind", WorkerKind.THREAD, "startMethod", "spawn");
        assertThatCode(() -> with(thread)).doesNotThrowAnyException();
        assertThatThrownBy(() -> with(and(thread, "maxMemoryPerChild", 1L)))
                .hasMessageContaining("max_memory_per_child is for kind process");
        var java = Map.<String, Object>of("runtime", "java", "startMethod", "spawn");
        assertThatThrownBy(() -> with(and(java, "preload", List.of("json"))))
                .hasMessageContaining("preload is for runtime python");
        assertThatThrownBy(() -> with(and(java, "command", List.of("node"))))
                .hasMessageContaining("command is for runtime command");
        var command = Map.<String, Object>of("runtime", "command", "startMethod", "spawn");
        assertThatThrownBy(() -> with(command))
                .hasMessageContaining("runtime command needs a command");
        assertThatCode(() -> with(and(command, "command", List.of("node", "w.js"))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> with(and(command, "command", List.of(" "))))
                .hasMessageContaining("begin with a program");
    }

    private static Map<String, Object> and(Map<String, Object> fields, String name, Object value) {
        var more = new HashMap<>(fields);
        more.put(name, value);
        return more;
    }
}
