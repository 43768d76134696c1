package io.procpool.dispatch;

import io.procpool.job.Jobs;
import io.procpool.pool.Backlog;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * Accepted jobs as pools see them that are not in a queue yet. The jobs are looked up when they are needed first, as they need the pools themselves; and once, as a service that could not
 * start has let go of them before its pools end.
 */
@Component
final class StoredWork implements Backlog {
    private final Supplier<Jobs> jobs;

    StoredWork(ObjectProvider<Jobs> jobs) {
        this.jobs = SingletonSupplier.of(jobs::getObject);
    }

    @Override
    public void opened(String pool) {
        jobs.get().opened();
    }

    @Override
    public boolean waiting(String pool) {
        return jobs.get().waiting(pool);
    }

    @Override
    public void drop(String pool) {
        jobs.get().drop(pool);
    }

    @Override
    public void suspend() {
        jobs.get().suspend();
    }
}
