package io.procpool.store;

import io.procpool.job.StoreCondition;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.stereotype.Component;

/** The service's store: its database, and who keeps it in order. */
@Component
final class Store implements StoreCondition, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    /** The disk has failed: a supervisor may start the service anew. */
    private static final int EXIT_IOERR = 74; // of sysexits.h

    private static final long LONGEST_END_MILLIS = 20_000;

    private final Database database;
    private final Retention retention;
    private final StoreSettings.Store settings;

    @Autowired
    Store(StoreSettings settings, Clock clock, ApplicationContext context) throws IOException {
        this(settings, clock, () -> end(context));
    }

    Store(StoreSettings settings, Clock clock, Runnable onFailure) throws IOException {
        this.settings = settings.store();
        if (!settings.store().url().isBlank()) {
            throw new Unusable(
                    "procpool.store.url is set, and another database than the one in procpool.home is not supported yet",
                    "Leave procpool.store.url (PROCPOOL_STORE_URL) empty.");
        }
        database = new Database(settings.home(), onFailure);
        retention = new Retention(database, clock, settings.store().resultTtl());
        retention.start();
    }

    /** As others need it to be able to end, too, that is not waited for for ever. */
    private static void end(ApplicationContext context) {
        Thread.ofPlatform()
                .daemon()
                .name("store-failed-limit")
                .start(
                        () -> {
                            try {
                                Thread.sleep(LONGEST_END_MILLIS);
                            } catch (InterruptedException _) {
                                LOG.warn("The end of the service is not waited for.");
                            }
                            Runtime.getRuntime().halt(EXIT_IOERR);
                        });
        Runtime.getRuntime().halt(SpringApplication.exit(context, () -> EXIT_IOERR));
    }

    Database database() {
        return database;
    }

    Retention retention() {
        return retention;
    }

    /** Bytes. */
    long limit() {
        return settings.maxSize().toBytes();
    }

    @Override
    public State state() {
        return database.condition().state();
    }

    @Override
    public String sentence() {
        return database.condition().sentence();
    }

    @Override
    public Map<String, String> durability() {
        return database.condition().durability();
    }

    @Override
    public void close() {
        database.stop(); // or the disk that is full is waited for
        try {
            retention.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        database.close();
    }
}
