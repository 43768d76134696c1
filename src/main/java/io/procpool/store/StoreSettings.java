package io.procpool.store;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param home the service's folder; the store is in it
 */
@ConfigurationProperties("procpool")
record StoreSettings(@DefaultValue("./.procpool") Path home, @DefaultValue Store store) {
    StoreSettings {
        home = home.toAbsolutePath().normalize();
    }

    /**
     * @param url empty: an SQLite database in {@code home}
     * @param maxSize of the database and the value files; beyond it nothing new is taken
     * @param resultTtl how long the result of a final job is kept
     */
    record Store(
            @DefaultValue("") String url,
            @DefaultValue("10GB") DataSize maxSize,
            @DefaultValue("24h") Duration resultTtl) {
        private static final DataSize LEAST = DataSize.ofMegabytes(1);

        Store {
            if (maxSize.compareTo(LEAST) < 0) {
                throw new IllegalArgumentException(
                        "procpool.store.max-size must be at least 1 MB, was "
                                + maxSize.toBytes()
                                + " bytes");
            }
            if (!resultTtl.isPositive()) {
                throw new IllegalArgumentException(
                        "procpool.store.result-ttl must be positive, was " + resultTtl);
            }
        }
    }
}
