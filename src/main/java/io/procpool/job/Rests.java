package io.procpool.job;

import java.time.Duration;
import java.util.Map;
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
    private final Map<Job, Rest> calls = new ConcurrentHashMap<>();

    Rests(Lines lines, ScheduledExecutorService timer) {
        this.lines = lines;
        this.timer = timer;
    }

    /** Goes on with the job when the pause has passed, if it is not {@link #over} before. */
    void rest(Job job, Duration pause, Runnable action) {
        boolean call = job.ticket() != null && !job.submission().verb().maps();
        var rest = new Rest(job, action, call && lines.rest(job.submission().pool()));
        if (call) {
            calls.put(job, rest);
        }
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
        var rest = calls.get(job);
        if (rest != null) {
            rest.cancel();
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
            var future = time;
            if (end() && future != null) {
                future.cancel(false); // it holds the job
            }
        }

        private boolean end() {
            boolean first = ended.compareAndSet(false, true);
            if (first) {
                calls.remove(job, this);
                if (outside) {
                    lines.wake(job.submission().pool());
                }
            }
            return first;
        }
    }
}
