package io.procpool.dispatch;

import io.procpool.job.Jobs;
import io.procpool.pool.Backlog;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Accepted jobs as pools see them that are not in a queue yet. The jobs are looked up when they are needed: they need the pools themselves. */
@Component
final class StoredWork implements Backlog {
    private final ObjectProvider<Jobs> jobs;

    StoredWork(ObjectProvider<Jobs> jobs) {
        this.jobs = jobs;
    }

    @Override
    public void opened(String pool) {
        jobs.getObject().opened();
    }

    @Override
    public boolean waiting(String pool) {
        return jobs.getObject().waiting(pool);
    }

    @Override
    public void drop(String pool) {
        jobs.getObject().drop(pool);
    }

    @Override
    public void suspend() {
        jobs.getObject().suspend();
    }
}
