package io.procpool.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.procpool.job.Audience;
import io.procpool.job.Audience.Kind;
import io.procpool.job.JobState;
import io.procpool.job.JobStore;
import io.procpool.payload.InFlight;
import io.procpool.runtime.Runtimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** What is the service's and no pool's. */
@Component
final class ServiceMeters implements MeterBinder {
    private static final Pattern PYTHON = Pattern.compile("python (\\d+(\\.\\d+)+)");

    private final JobStore store;
    private final InFlight inFlight;
    private final Audience audience;
    private final Runtimes runtimes;

    ServiceMeters(JobStore store, InFlight inFlight, Audience audience, Runtimes runtimes) {
        this.store = store;
        this.inFlight = inFlight;
        this.audience = audience;
        this.runtimes = runtimes;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        var shelf = new Shelf(registry, Tags.empty());
        for (var state : JobState.LABELS) {
            shelf.gauge(
                    Name.STORE_JOBS,
                    () -> store.holdings().states().getOrDefault(state, 0L),
                    "state",
                    state);
        }
        shelf.gauge(Name.STORE_SIZE, () -> store.holdings().bytes());
        shelf.gauge(Name.STORE_LIMIT, () -> store.holdings().limit());
        shelf.gauge(Name.QUARANTINED, () -> store.holdings().quarantined());
        shelf.counter(Name.RESULTS_EXPIRED, () -> store.holdings().expired());
        shelf.gauge(Name.IN_FLIGHT, inFlight::held);
        shelf.gauge(Name.IN_FLIGHT_LIMIT, inFlight::limit);
        shelf.gauge(Name.LONG_POLLS_ACTIVE, () -> audience.count(Kind.LONG_POLL));
        shelf.gauge(Name.STREAMS_ACTIVE, () -> audience.count(Kind.NDJSON), "kind", "ndjson");
        shelf.gauge(Name.STREAMS_ACTIVE, () -> audience.count(Kind.SSE), "kind", "sse");
        shelf.gauge(
                Name.BUILD_INFO,
                () -> 1,
                "version",
                version(),
                "java",
                Runtime.version().toString(),
                "python",
                python());
    }

    private String python() {
        var description = runtimes.find("python").map(found -> found.description()).orElse("");
        var version = PYTHON.matcher(description);
        return version.lookingAt() ? version.group(1) : "none";
    }

    private static String version() {
        var properties = new Properties();
        try (var in =
                ServiceMeters.class.getResourceAsStream("/META-INF/procpool/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties.getProperty("version", "unknown");
    }
}
