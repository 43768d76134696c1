package io.procpool.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.procpool.pool.Pool;
import io.procpool.problem.Problem;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The figures of all pools, by name. Any thread may use it. */
@Component
final class Books {
    private final MeterRegistry registry;
    private final Map<String, PoolBook> books = new ConcurrentHashMap<>();
    private final Map<String, Counter> rejectedElsewhere;

    Books(MeterRegistry registry) {
        this.registry = registry;
        var elsewhere = new Shelf(registry, Tags.of("pool", Labels.NO_POOL));
        rejectedElsewhere =
                Labels.REASONS.stream()
                        .collect(
                                Collectors.toMap(
                                        Function.identity(),
                                        reason ->
                                                elsewhere.counter(
                                                        Name.JOBS_REJECTED, "reason", reason)));
    }

    /** A pool that is made anew has the name of the old one. */
    void open(Pool pool) {
        close(pool);
        books.put(pool.name(), new PoolBook(pool, registry));
    }

    void close(Pool pool) {
        var book = books.remove(pool.name());
        if (book != null) {
            book.close();
        }
    }

    /** Does nothing for a pool that has been forgotten. */
    void with(String pool, Consumer<PoolBook> entry) {
        var book = books.get(pool);
        if (book != null) {
            entry.accept(book);
        }
    }

    /** @param pool as a client wrote it */
    void rejected(String pool, Problem why) {
        var book = books.get(pool);
        if (book == null) {
            Objects.requireNonNull(rejectedElsewhere.get(Labels.reason(why))).increment();
        } else {
            book.rejected(why);
        }
    }
}
