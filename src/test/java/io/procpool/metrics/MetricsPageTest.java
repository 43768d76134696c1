package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import io.procpool.service.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists what a service has, and no other: names, types and labels. */
class MetricsPageTest {
    /** A line of a table: meter, type, labels. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(procpool_\\w+)` \\| (\\w+) \\| ([^|]*)\\|", Pattern.MULTILINE);

    private static final Pattern TYPE =
            Pattern.compile("^# TYPE (procpool_\\w+) (\\w+)", Pattern.MULTILINE);
    private static final Pattern SAMPLE =
            Pattern.compile("^(procpool_\\w+)(?:\\{([^}]*)})? ", Pattern.MULTILINE);

    private static final Service SERVICE = Service.shared();

    private static String scraped;
    private static String page;

    @BeforeAll
    static void work() throws Exception {
        var calls = "{\"func\":\"math.sqrt\",\"args\":[4]}";
        for (int call = 0; call < 4; call++) {
            SERVICE.post("/v1/pools/default/apply", calls).then().statusCode(200);
        }
        Waiting.until("a worker was looked at", () -> scrape().contains("growth_bytes_per_task"));
        scraped = scrape();
        page = Files.readString(Path.of("docs/metrics.md"));
    }

    private static String scrape() {
        SERVICE.post("/v1/pools/default/apply", "{\"func\":\"math.sqrt\",\"args\":[4]}");
        return SERVICE.get("/actuator/prometheus").asString();
    }

    /** The longest of a histogram is a gauge of its own, of which the page speaks once for all. */
    private static boolean isMaximum(String meter, Set<String> all) {
        return meter.endsWith("_max") && all.contains(meter.replaceFirst("_max$", ""));
    }

    private static Map<String, String> documented() {
        return ROW.matcher(page)
                .results()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
    }

    private static Map<String, String> shown() {
        var types =
                TYPE.matcher(scraped)
                        .results()
                        .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        types.keySet().removeIf(meter -> isMaximum(meter, Set.copyOf(types.keySet())));
        return types;
    }

    @Test
    void the_page_has_every_meter_with_its_type_and_every_meter_of_the_page_is_there()
            throws IOException {
        assertThat(shown()).hasSizeGreaterThan(30);
        assertThat(new TreeMap<>(documented())).isEqualTo(new TreeMap<>(shown()));
    }

    @Test
    void the_page_has_the_labels_of_every_meter() {
        var labels = new TreeMap<String, Set<String>>();
        SAMPLE.matcher(scraped)
                .results()
                .forEach(
                        sample ->
                                labels.computeIfAbsent(
                                                sample.group(1)
                                                        .replaceFirst("_(bucket|count|sum)$", ""),
                                                _ -> new TreeSet<>())
                                        .addAll(names(sample)));
        var documented =
                ROW.matcher(page)
                        .results()
                        .collect(Collectors.toMap(row -> row.group(1), MetricsPageTest::labels));
        labels.keySet().retainAll(documented.keySet());
        assertThat(new TreeMap<>(documented)).isEqualTo(labels);
    }

    private static Set<String> names(MatchResult sample) {
        var text = sample.group(2) == null ? "" : sample.group(2);
        var names =
                Pattern.compile("(\\w+)=\"")
                        .matcher(text)
                        .results()
                        .map(it -> it.group(1))
                        .toList();
        var set = new TreeSet<>(names);
        set.remove("le");
        return set;
    }

    /** {@code `pool`, `state` (`a`, `b`)}: what is in brackets are values. */
    private static Set<String> labels(MatchResult row) {
        return Arrays.stream(row.group(3).replaceAll("\\([^)]*\\)", "").split(",", -1))
                .map(label -> label.replace("`", "").strip())
                .filter(label -> !label.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_page_has_every_value_of_the_bounded_labels() {
        for (var values :
                new Object[] {Labels.TASK_OUTCOMES, Labels.JOB_OUTCOMES, Labels.REASONS}) {
            for (var value : (Iterable<?>) values) {
                assertThat(page).contains("`" + value + "`");
            }
        }
    }
}
