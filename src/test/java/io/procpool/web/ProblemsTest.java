package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.pool.ExitReason;
import io.procpool.problem.Failure;
import io.procpool.problem.Problem;
import io.procpool.problem.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every record of the catalogue, rendered, against {@code docs/problems.md}. */
class ProblemsTest {
    private static final Pattern ROW =
            Pattern.compile(
                    "^\\| (\\d{3}) \\| `([a-z-]+)` \\| .*? \\| (.*?) \\| ", Pattern.MULTILINE);
    private static final String PAGE = page();
    private static final String FAILURES = "## Failures";

    private static String page() {
        try {
            return Files.readString(Path.of("docs/problems.md"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Stream<Problem> refusals() {
        return samples(Refusal.class);
    }

    static Stream<Problem> failures() {
        return samples(Failure.class);
    }

    static Stream<Problem> all() {
        return Stream.concat(refusals(), failures());
    }

    private static Stream<Problem> samples(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses()).map(ProblemsTest::sample);
    }

    private static Problem sample(Class<?> type) {
        try {
            var components = type.getRecordComponents();
            var types = Arrays.stream(components).map(RecordComponent::getType);
            return (Problem)
                    type.getConstructor(types.toArray(Class<?>[]::new))
                            .newInstance(
                                    Arrays.stream(components).map(ProblemsTest::value).toArray());
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static Object value(RecordComponent component) {
        var type = component.getType();
        if (type == String.class) {
            return "<" + component.getName() + ">";
        }
        if (type == Duration.class) {
            return Duration.ofMillis(1_500);
        }
        if (type == List.class) {
            return List.of("GET", "PUT");
        }
        if (type == SortedMap.class) {
            return new TreeMap<>(Map.of(3, new Refusal.PoolUnknown("<pool>")));
        }
        if (type == Failure.Thrown.class) {
            return new Failure.Thrown("m.Error", "no", "Traceback…");
        }
        if (type == long.class) {
            return 7L;
        }
        return 7;
    }

    @ParameterizedTest
    @MethodSource("all")
    void a_problem_is_rendered_whole(Problem problem) {
        var rendered = Problems.render(problem);
        assertThat(rendered.slug()).matches("[a-z]+(-[a-z]+)*");
        assertThat(rendered.title()).isNotBlank().doesNotEndWith(".");
        assertThat(rendered.detail()).isNotBlank();
        assertThat(rendered.status()).isBetween(400, 599);
        var body = rendered.body();
        assertThat(body).containsEntry("type", "urn:procpool:problem:" + rendered.slug());
        assertThat(body).containsEntry("status", rendered.status());
        assertThat(body.keySet()).startsWith("type", "title", "status", "detail");
        assertThat(body.values()).doesNotContainNull();
        assertThat(new String(Json.bytes(body), UTF_8)).startsWith("{\"type\":\"urn:");
    }

    @Test
    void what_a_client_sent_is_in_the_answer() {
        for (var problem :
                refusals().filter(problem -> !(problem instanceof Refusal.Draining)).toList()) {
            var text = new String(Json.bytes(Problems.render(problem).body()), UTF_8);
            var rendered = Problems.render(problem);
            assertThat(text + rendered.allowed() + rendered.retryAfter())
                    .as("%s", problem)
                    .containsAnyOf("<", "7", "GET");
        }
    }

    @Test
    void no_two_problems_have_the_same_slug() {
        assertThat(all().map(Problems::render).map(Rendered::slug)).doesNotHaveDuplicates();
    }

    @Test
    void a_function_that_fails_is_never_the_services_fault() {
        assertThat(failures().map(Failure.class::cast).map(Problems::outcome))
                .allSatisfy(rendered -> assertThat(rendered.status()).isEqualTo(422));
    }

    @Test
    void every_refusal_for_load_says_when_to_come_back_and_no_other_does() {
        assertThat(all().map(Problems::render))
                .allSatisfy(
                        rendered ->
                                assertThat(rendered.retryAfter() != null)
                                        .as(rendered.slug())
                                        .isEqualTo(
                                                rendered.status() == 503
                                                        || rendered.status() == 507));
    }

    @Test
    void a_405_says_what_is_allowed() {
        assertThat(all().map(Problems::render).filter(rendered -> !rendered.allowed().isEmpty()))
                .singleElement()
                .satisfies(rendered -> assertThat(rendered.status()).isEqualTo(405));
    }

    @Test
    void what_does_not_apply_is_left_out() {
        assertThat(Problems.render(new Failure.WorkerLost("crash_exit", 7, null, "")).members())
                .containsOnlyKeys("reason", "exitcode", "output_tail");
        assertThat(Problems.render(new Failure.ArgumentsDoNotFit("one is missing", null)).members())
                .isEmpty();
    }

    /** Status by slug. */
    private static Map<String, Integer> documented(String part) {
        return ROW.matcher(part)
                .results()
                .collect(
                        Collectors.toMap(
                                row -> row.group(2), row -> Integer.valueOf(row.group(1))));
    }

    private static Map<String, Integer> statuses(Stream<Rendered> rendered) {
        return rendered.collect(Collectors.toMap(Rendered::slug, Rendered::status));
    }

    @Test
    void the_page_lists_every_refusal_and_no_other() {
        var coded = new HashMap<>(statuses(refusals().map(Problems::render)));
        coded.put("function-unknown", 404); // a failure too, see there
        assertThat(documented(PAGE.substring(0, PAGE.indexOf(FAILURES)))).isEqualTo(coded);
    }

    @Test
    void the_page_lists_every_failure_and_no_other() {
        assertThat(documented(PAGE.substring(PAGE.indexOf(FAILURES))))
                .isEqualTo(statuses(failures().map(Failure.class::cast).map(Problems::outcome)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void the_page_names_every_member(Problem problem) {
        var rendered = Problems.render(problem);
        var members =
                ROW.matcher(PAGE)
                        .results()
                        .filter(row -> row.group(2).equals(rendered.slug()))
                        .map(row -> row.group(3))
                        .collect(Collectors.joining());
        for (var member : rendered.members().keySet()) {
            assertThat(members).as("members of %s", rendered.slug()).contains("`" + member + "`");
        }
    }

    @Test
    void the_page_lists_every_reason_of_an_exit() {
        for (var reason : ExitReason.values()) {
            assertThat(PAGE).contains("| `" + reason.label() + "` |");
        }
    }
}
