package io.procpool.job;

import io.procpool.payload.InFlight;
import io.procpool.payload.LimitSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** The service's store in a folder of a test's: opened as by a service that starts, closed as by one that ends. */
final class StoredJobs implements AutoCloseable {
    /** The service's: no finer than what is stored. */
    static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));

    private final AnnotationConfigApplicationContext context =
            new AnnotationConfigApplicationContext();

    @ConfigurationPropertiesScan("io.procpool.store")
    private static final class Settings {}

    StoredJobs(Path home) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "test", Map.of("procpool.home", home.toAbsolutePath().toString())));
        context.registerBean(Clock.class, () -> CLOCK);
        context.registerBean(LimitSettings.class, () -> Submissions.LIMITS);
        context.registerBean(InFlight.class, () -> Submissions.IN_FLIGHT);
        context.register(Settings.class);
        context.scan("io.procpool.store");
        context.refresh();
    }

    JobStore store() {
        return context.getBean(JobStore.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
