package io.procpool.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param keepAlive after so long without a line an empty one is written
 * @param inputTimeout after so long without input a stream ends
 * @param writeTimeout a client that has taken nothing for so long is not written to any more: its job is cancelled and the connection closed
 */
@ConfigurationProperties("procpool.streams")
record StreamSettings(
        @DefaultValue("15s") Duration keepAlive,
        @DefaultValue("60s") Duration inputTimeout,
        @DefaultValue("30s") Duration writeTimeout) {
    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration MOST = Duration.ofDays(1);

    StreamSettings {
        check("keep-alive", keepAlive);
        check("input-timeout", inputTimeout);
        check("write-timeout", writeTimeout);
    }

    private static void check(String name, Duration value) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "procpool.streams." + name + " must be from 10ms to 1d, was " + value);
        }
    }
}
