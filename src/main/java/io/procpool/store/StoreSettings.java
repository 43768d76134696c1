package io.procpool.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * Where jobs and pools are kept.
 *
 * @param home the service's folder; the store is in {@code store} and {@code values} below it
 */
@ConfigurationProperties("procpool")
record StoreSettings(@DefaultValue("./.procpool") Path home, @DefaultValue Store store) {

    /**
     * @param url empty: SQLite in {@code home}. Nothing else is supported yet
     * @param maxSize what all of it may take on the disk; beyond it nothing new is taken in
     * @param resultTtl how long a result is kept after its job has ended, in seconds or as {@code 24h}
     */
    record Store(
            @DefaultValue("") String url,
            @DefaultValue("10GB") DataSize maxSize,
            @DurationUnit(ChronoUnit.SECONDS) @DefaultValue("86400") Duration resultTtl) {
        private static final DataSize LEAST = DataSize.ofMegabytes(1);

        Store {
            if (!url.isEmpty()) {
                throw new IllegalArgumentException(
                        "procpool.store.url must be empty: databases other than the embedded one are not supported yet");
            }
            if (maxSize.compareTo(LEAST) < 0) {
                throw new IllegalArgumentException(
                        "procpool.store.max-size must be at least 1MB, was " + maxSize);
            }
            if (!resultTtl.isPositive()) {
                throw new IllegalArgumentException(
                        "procpool.store.result-ttl must be more than 0 seconds, was " + resultTtl);
            }
        }
    }
}
