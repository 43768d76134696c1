package io.procpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} lists what a service has, and no other. */
class MetricsPageTest {

    private static Set<String> all(String pattern, String text) {
        var found = new TreeSet<String>();
        Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .forEach(match -> found.add(match.group(1).replaceFirst("_max$", "")));
        return found;
    }

    @Test
    void the_page_names_every_meter_and_every_named_meter_is_there() throws IOException {
        var service = Service.shared();
        service.post("/v1/pools/default/apply", "{\"func\":\"math.sqrt\",\"args\":[4]}")
                .then()
                .statusCode(200);
        var scraped = service.get("/actuator/prometheus").asString();
        var page = Files.readString(Path.of("docs/metrics.md"));
        var meters = all("^# TYPE (procpool_\\w+) ", scraped);
        assertThat(meters).hasSizeGreaterThan(8);
        assertThat(all("^\\| `(procpool_\\w+)` \\|", page)).isEqualTo(meters);
    }
}
