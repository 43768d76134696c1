package io.procpool.job;

import io.procpool.job.JobState.Final;
import io.procpool.job.JobState.Pending;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What is seen of a job from outside, and who waits for it to change. What was decided shows only when it is {@link #publish published}.
 *
 * <p>Threads: any. The job's lock guards all of it. {@link #show} and {@link #progress} are called by the job, which holds it; the others take it, and those that wait
 * let go of it meanwhile.
 */
final class Showing {
    /** The job whose face this is. Called under its lock. */
    interface Subject {
        JobState decided();

        JobRecord record(JobState state, long version);
    }

    private final ReentrantLock lock;
    private final Condition changed;
    private final Subject subject;
    private final Edition edition;
    private JobState state = new Pending();
    private Runnable onReady = () -> {};
    private int followers;
    private boolean letGo;

    /** @param version the first one */
    Showing(ReentrantLock lock, Subject subject, long version) {
        this.edition = new Edition(version);
        this.lock = lock;
        this.changed = lock.newCondition();
        this.subject = subject;
    }

    // --- by the job, which holds the lock ---

    /** The state of an earlier life. */
    void takeUp(JobState now) {
        state = now;
    }

    /** Nobody waits any more: nothing will be shown that is worth it. */
    void letGo() {
        letGo = true;
        changed.signalAll();
    }

    void show(JobState now) {
        state = now;
        change();
    }

    /** Something was done; it may have to wait for its turn to show. */
    void progress() {
        if (!edition.progressWaits() || followers > 0) {
            changed.signalAll(); // who waits has gone to sleep for longer than until it may show
        }
        edition.progress();
        showProgress();
    }

    /** Not any more once the outcome is decided: its own change is to come. */
    private void showProgress() {
        if (edition.isDue(System.nanoTime()) && !(subject.decided() instanceof Final)) {
            change();
        }
    }

    private void change() {
        edition.change(System.nanoTime());
        changed.signalAll();
    }

    // --- from outside ---

    /** What is decided, shown or not: for the store. */
    JobRecord decidedRecord() {
        lock.lock();
        try {
            return subject.record(subject.decided(), edition.number() + 1);
        } finally {
            lock.unlock();
        }
    }

    /** Shows the outcome that was decided. */
    void publish() {
        Runnable follower;
        lock.lock();
        try {
            show(subject.decided());
            follower = onReady;
        } finally {
            lock.unlock();
        }
        follower.run();
    }

    void onReady(Runnable follower) {
        boolean now;
        lock.lock();
        try {
            onReady = follower;
            now = isFinal();
        } finally {
            lock.unlock();
        }
        if (now) {
            follower.run();
        }
    }

    private boolean isFinal() {
        return state instanceof Final;
    }

    JobRecord snapshot() {
        lock.lock();
        try {
            showProgress();
            return subject.record(state, edition.number());
        } finally {
            lock.unlock();
        }
    }

    boolean awaitReady(Duration patience) throws InterruptedException {
        return await(patience, this::isFinal);
    }

    boolean awaitChange(long known, Duration patience) throws InterruptedException {
        return await(patience, () -> edition.number() != known);
    }

    /** Waits until there are more than so many bytes of values, or another state shows. */
    News news(Harvest harvest, int bytes, int errors, JobState known, Duration patience)
            throws InterruptedException {
        lock.lock();
        try {
            followers++;
            await(patience, () -> harvest.elements().size() > bytes || !state.equals(known));
            var elements = harvest.elements();
            return new News(
                    subject.record(state, edition.number()),
                    elements.slice(Math.min(bytes, elements.size()), elements.size()),
                    harvest.errors(errors),
                    harvest.arrivals());
        } finally {
            followers--;
            lock.unlock();
        }
    }

    private boolean await(Duration patience, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (true) {
                showProgress();
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0 || letGo) {
                    return false;
                }
                long nap = edition.progressWaits() ? Math.min(left, Edition.PROGRESS_NANOS) : left;
                var _ = changed.awaitNanos(nap);
            }
        } finally {
            lock.unlock();
        }
    }
}
