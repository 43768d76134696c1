package io.procpool.job;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs that wait for the pause before their next run to pass. As that may be an hour, a call gives its place among those in memory to another, as far as there is room for more. Any thread
 * may use it.
 */
final class Rests {
    private static final Logger LOG = LoggerFactory.getLogger(Rests.class);

    private final Lines lines;
    private final ScheduledExecutorService timer;
    private final Map<Job, Set<Rest>> rests = new ConcurrentHashMap<>();

    Rests(Lines lines, ScheduledExecutorService timer) {
        this.lines = lines;
        this.timer = timer;
    }

    /** Goes on with the job when the pause has passed, if it is not {@link #over} before. */
    void rest(Job job, Duration pause, Runnable action) {
        boolean call = job.ticket() != null && !job.submission().verb().maps();
        var rest = new Rest(job, action, call && lines.rest(job.submission().pool()));
        rests.compute(
                job,
                (_, others) -> {
                    var all = others == null ? ConcurrentHashMap.<Rest>newKeySet() : others;
                    all.add(rest);
                    return all;
                });
        try {
            rest.timed(timer.schedule(rest, pause.toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException ending) {
            LOG.debug("The service ends: the next one goes on", ending);
        }
        if (job.isOver()) {
            rest.cancel();
        }
    }

    /** It has its outcome. */
    void over(Job job) {
        var all = rests.remove(job);
        if (all != null) {
            all.forEach(Rest::cancel);
        }
    }

    private final class Rest implements Runnable {
        private final Job job;
        private final Runnable action;
        private final boolean outside;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable Future<?> time;

        /** @param outside whether it has given up its place */
        Rest(Job job, Runnable action, boolean outside) {
            this.job = job;
            this.action = action;
            this.outside = outside;
        }

        @Override
        public void run() {
            if (end()) {
                action.run();
            }
        }

        void timed(Future<?> future) {
            time = future;
            if (ended.get()) {
                future.cancel(false);
            }
        }

        void cancel() {
            end();
            var future = time; // if it is not there yet, who brings it sees the end
            if (future != null) {
                future.cancel(false); // it holds the job
            }
        }

        private boolean end() {
            boolean first = ended.compareAndSet(false, true);
            if (first) {
                rests.computeIfPresent(
                        job,
                        (_, all) -> {
                            all.remove(this);
                            return all.isEmpty() ? null : all;
                        });
                if (outside) {
                    lines.wake(job.submission().pool());
                }
            }
            return first;
        }
    }
}
