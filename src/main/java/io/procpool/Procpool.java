package io.procpool;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Procpool {

    /** Ticks in microseconds: what is stored is read as it was. */
    @Bean
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));
    }

    public static void main(String[] args) {
        SpringApplication.run(Procpool.class, args);
        // A drain that was asked for is a success; the JVM would report 128 + 15. Runs when all
        // beans are closed. Not set before
        // the service is up: one that could not start must not end with 0.
        SpringApplication.getShutdownHandlers().add(() -> java.lang.Runtime.getRuntime().halt(0));
    }
}
