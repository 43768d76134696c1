package io.procpool.dispatch;

import io.procpool.job.Job;
import io.procpool.job.Submission;
import io.procpool.job.Workers;
import io.procpool.pool.Pool;
import io.procpool.pool.Pools;
import io.procpool.problem.Refusal.PoolDegraded;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Brings jobs to the pools they name. */
@Component
final class Dispatcher implements Workers {
    private final Pools pools;

    Dispatcher(Pools pools) {
        this.pools = pools;
    }

    @Override
    public void check(Submission submission) {
        pools.requireNotDraining();
        var pool = pools.require(submission.pool());
        pool.requireRunning();
        pool.requireFunction(submission.func());
    }

    @Override
    public void enqueue(Job job) {
        pools.require(job.submission().pool()).submit(new JobWork(job));
    }

    @Override
    public void admit(Job job) {
        pools.require(job.submission().pool()).admit(new JobWork(job));
    }

    @Override
    public void drained(String pool) {
        pools.find(pool).ifPresent(Pool::drained);
    }

    @Override
    public Fate fate(String pool) {
        return pools.find(pool)
                .map(
                        found ->
                                switch (found.state()) {
                                    case RUN, CLOSE -> found.joined() ? Fate.END : Fate.RUN;
                                    case TERMINATE -> Fate.END;
                                })
                .orElse(Fate.WAIT);
    }

    @Override
    public void more(Job job) {
        pools.find(job.submission().pool()).ifPresent(pool -> pool.resume(new JobWork(job)));
    }

    @Override
    public void withdraw(Job job) {
        pools.find(job.submission().pool()).ifPresent(pool -> pool.withdraw(new JobWork(job)));
    }

    @Override
    public Optional<PoolDegraded> trouble(String pool) {
        return pools.find(pool).flatMap(Pool::trouble);
    }

    @Override
    public Duration startTimeout(String pool) {
        return pools.find(pool)
                .map(found -> found.spec().startTimeout())
                .orElse(Duration.ofSeconds(1));
    }
}
