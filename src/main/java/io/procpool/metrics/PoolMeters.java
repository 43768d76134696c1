package io.procpool.metrics;

import io.procpool.pool.Pool;
import io.procpool.pool.PoolListener;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Writes what pools tell into their books. */
@Component
final class PoolMeters implements PoolListener {
    private final Books books;

    PoolMeters(Books books) {
        this.books = books;
    }

    @Override
    public void opened(Pool pool) {
        books.open(pool);
    }

    @Override
    public void forgotten(Pool pool) {
        books.close(pool);
    }

    @Override
    public void taskStarted(String pool, String func, Duration waited) {
        books.with(pool, book -> book.function(func).started(waited));
    }

    @Override
    public void taskEnded(Ran ran) {
        books.with(ran.pool(), book -> book.ran(ran));
    }

    @Override
    public void workerStarted(Started started) {
        books.with(started.pool(), book -> book.workers().started(started));
    }

    @Override
    public void workerStartFailed(String pool) {
        books.with(pool, book -> book.workers().startFailed());
    }

    @Override
    public void workerExited(Exited exited) {
        books.with(exited.pool(), book -> book.exited(exited));
    }
}
