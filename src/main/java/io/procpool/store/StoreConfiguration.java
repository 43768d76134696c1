package io.procpool.store;

import io.procpool.job.JobStore;
import io.procpool.payload.InFlight;
import io.procpool.pool.PoolStore;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The embedded store, and what the service has of it. Whoever uses it is closed before it. */
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {
    /** sysexits.h: an error occurred while doing I/O on some file. */
    private static final int EX_IOERR = 74;

    @Bean
    Sqlite sqlite(StoreSettings settings) {
        return Sqlite.open(
                settings,
                () ->
                        Thread.ofPlatform()
                                .name("store-lost")
                                .start(() -> Runtime.getRuntime().halt(EX_IOERR)));
    }

    @Bean
    Stock stock(Sqlite sqlite, StoreSettings settings, Clock clock) {
        var stock = new Stock(sqlite, settings.store(), clock);
        stock.start();
        return stock;
    }

    @Bean
    JobStore jobStore(Sqlite sqlite, Stock stock, InFlight inFlight, Clock clock) {
        return new SqliteJobStore(sqlite, stock, inFlight, clock);
    }

    @Bean
    PoolStore poolStore(Sqlite sqlite) {
        return new SqlitePoolStore(sqlite);
    }
}
