package io.procpool.pool;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** What pools need of those who use them. */
@Component
final class Surroundings {
    private final List<PoolListener> listeners;
    private final WorkerRequests requests;
    private final Backlog backlog;
    private final Clock clock;

    Surroundings(
            List<PoolListener> listeners, WorkerRequests requests, Backlog backlog, Clock clock) {
        this.listeners = List.copyOf(listeners);
        this.requests = requests;
        this.backlog = backlog;
        this.clock = clock;
    }

    WorkerRequests requests() {
        return requests;
    }

    Backlog backlog() {
        return backlog;
    }

    Clock clock() {
        return clock;
    }

    /** All listeners as one. */
    PoolListener listener() {
        return new PoolListener() {
            @Override
            public void opened(Pool pool) {
                listeners.forEach(listener -> listener.opened(pool));
            }

            @Override
            public void forgotten(Pool pool) {
                listeners.forEach(listener -> listener.forgotten(pool));
            }

            @Override
            public void taskStarted(String pool, String func, Duration waited) {
                listeners.forEach(listener -> listener.taskStarted(pool, func, waited));
            }

            @Override
            public void taskEnded(Ran ran) {
                listeners.forEach(listener -> listener.taskEnded(ran));
            }

            @Override
            public void workerStarted(Started started) {
                listeners.forEach(listener -> listener.workerStarted(started));
            }

            @Override
            public void workerStartFailed(String pool) {
                listeners.forEach(listener -> listener.workerStartFailed(pool));
            }

            @Override
            public void workerExited(Exited exited) {
                listeners.forEach(listener -> listener.workerExited(exited));
            }
        };
    }
}
