package io.procpool.job;

import io.procpool.job.JobState.Final;
import io.procpool.job.JobState.Pending;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What is seen of a job from outside, and who waits for it to change. The job's lock guards it: whoever calls holds it, and {@link #await} lets go of it
 * while it waits.
 */
final class Showing {
    private final Condition changed;
    private final Edition edition = new Edition();
    private JobState state = new Pending();
    private Runnable onReady = () -> {};
    private int followers;

    Showing(ReentrantLock lock) {
        this.changed = lock.newCondition();
    }

    JobState state() {
        return state;
    }

    long version() {
        return edition.number();
    }

    boolean isFinal() {
        return state instanceof Final;
    }

    void show(JobState now) {
        state = now;
        change();
    }

    void onReady(Runnable follower) {
        onReady = follower;
    }

    Runnable onReady() {
        return onReady;
    }

    /** Something was done; it may have to wait for its turn to show. */
    void progress(boolean decided) {
        if (!edition.progressWaits() || followers > 0) {
            changed.signalAll(); // who waits has gone to sleep for longer than until it may show
        }
        edition.progress();
        showProgress(decided);
    }

    /** Not any more once the outcome is decided: its own change is to come. */
    void showProgress(boolean decided) {
        if (edition.isDue(System.nanoTime()) && !decided) {
            change();
        }
    }

    private void change() {
        edition.change(System.nanoTime());
        changed.signalAll();
    }

    /** As {@link #await}, for somebody who wants to see each item as it comes: woken at once, not four times a second. */
    boolean follow(Duration patience, BooleanSupplier decided, BooleanSupplier condition)
            throws InterruptedException {
        followers++;
        try {
            return await(patience, decided, condition);
        } finally {
            followers--;
        }
    }

    boolean await(Duration patience, BooleanSupplier decided, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            showProgress(decided.getAsBoolean());
            if (condition.getAsBoolean()) {
                return true;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            var _ =
                    changed.awaitNanos(
                            edition.progressWaits() ? Math.min(left, Edition.PROGRESS_NANOS) : left);
        }
    }
}
