package io.procpool.job;

import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.problem.Failure;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a job's tasks: hands them out once they are claimed, judges how they ended, writes that down, and has it count when it is written.
 *
 * <p>Threads: slots fetch and end, the store says what is written. The job's lock guards the course and {@code last}.
 */
final class Runs {
    private final Job job;
    private final Course course;
    private final Journal journal;
    private final Clock clock;

    /** The ends of tasks are written in the order of their places. Held while the store has no room for more to write; the job's lock is taken within it. */
    private final ReentrantLock writing = new ReentrantLock();

    private @Nullable TaskClaim last;

    Runs(Job job, Course course, Journal journal, Clock clock) {
        this.job = job;
        this.course = course;
        this.journal = journal;
        this.clock = clock;
    }

    // --- an earlier life

    /** Goes on where the tasks were when they were claimed before. */
    void takeUp(Claimed claimed) {
        var open =
                job.locked(
                        () ->
                                claimed.tracked()
                                        ? course.takeUp(claimed.tasks())
                                        : course.beginAnew(
                                                claimed.record().attempts(), claimed.lost()));
        var first = claimed.first().orElse(null);
        if (first != null && open.isEmpty()) {
            claimedAhead();
        }
        open.forEach(task -> goOn(task, first));
        decideIfComplete();
    }

    /** The only task was claimed with the job. */
    void claimedAhead() {
        job.locked(course::claimedAhead);
    }

    /** The service may have been lost after the last task had come to its end. */
    private void decideIfComplete() {
        job.handOn(
                job.locked(
                        () -> {
                            var event = job.isDecided() ? null : course.outcome(clock.instant());
                            return event != null && job.become(event);
                        }));
    }

    /** A task that was claimed in an earlier life and has no end. */
    private void goOn(Task next, @Nullable TaskClaim claimed) {
        var terms = job.submission().terms();
        var before = next.attempts();
        if (terms.delivery() == Delivery.AT_MOST_ONCE && isServiceLost(before)) {
            var lost = Objects.requireNonNull(before.getLast().problem());
            settle(next, new Task.End.Broke(lost), null, null);
            return;
        }
        int charged = Crashes.charged(before);
        begin(
                claimed == null ? next : next.as(claimed.attempt()),
                claimed != null,
                charged == 0
                        ? Duration.ZERO
                        : terms.retries()
                                .before(charged + 1)
                                .minus(
                                        Duration.between(
                                                before.getLast().finished(), clock.instant())));
    }

    private static boolean isServiceLost(List<Attempt> runs) {
        return !runs.isEmpty()
                && runs.getLast().problem() instanceof Failure.WorkerLost(var reason, _, _, _)
                && reason.equals(Crashes.SERVICE_LOST);
    }

    // --- out

    /** The next task; null: none can be handed out now, and the pool is told when one can. */
    Job.@Nullable Cut next(int processes) {
        var claims = new ArrayList<Task>();
        var cut =
                job.locked(
                        () -> {
                            boolean over = job.isDecided() || job.isSuspended();
                            var next = course.next(processes, over);
                            claims.addAll(course.toClaim(processes, over));
                            return next;
                        });
        if (!claims.isEmpty()) {
            var _ =
                    journal.claim(claims.stream().map(Task::claim).toList())
                            .thenRun(() -> claimed(claims));
        }
        return cut;
    }

    private void claimed(List<Task> claims) {
        job.locked(() -> course.claimed(claims, job.isDecided() || job.isSuspended()));
        wake();
    }

    private void wake() {
        if (job.locked(() -> !job.isDecided() && !job.isSuspended() && course.wakes())) {
            job.owner().more(job);
        }
    }

    // --- back

    void ended(Task task, Task.End end, @Nullable Attempt attempt) {
        switch (job.locked(() -> judge(task, end, attempt))) {
            case null -> {}
            case Judgement.Counts(var counts) -> settle(task, counts, attempt, null);
            case Judgement.Quarantine(var broke) -> settle(task, broke, attempt, quarantined(task));
            case Judgement.Again(var pause) -> {
                var _ = journal.again(task).thenRun(() -> again(task, attempt, pause));
            }
        }
    }

    /** Null: it is too late. */
    private @Nullable Judgement judge(Task task, Task.End end, @Nullable Attempt attempt) {
        if (job.isDecided() || (job.isSuspended() && isTermination(end))) {
            course.endedLate(task, attempt);
            return null;
        }
        return course.ended(task, end, attempt);
    }

    private static boolean isTermination(Task.End end) {
        return end instanceof Task.End.Broke(Failure.PoolTerminated _);
    }

    private void again(Task task, @Nullable Attempt attempt, Duration pause) {
        boolean cancelling =
                job.locked(
                        () -> {
                            course.over(task, attempt);
                            return course.cancelling();
                        });
        if (cancelling) {
            settle(task.next(), new Task.End.Broke(new Failure.Cancelled()), null, null);
        } else {
            begin(task.next(), false, pause);
        }
    }

    /** @param claimed whether the run is claimed already */
    private void begin(Task next, boolean claimed, Duration pause) {
        if (pause.isPositive()) {
            job.owner().later(pause, () -> begin(next, claimed, Duration.ZERO));
            return;
        }
        job.locked(() -> course.again(next));
        if (claimed) {
            claimedAhead();
        }
        wake();
    }

    private Quarantined quarantined(Task task) {
        return new Quarantined(
                job.owner().newId(),
                job.id(),
                clock.instant(),
                task.firstItem(),
                task.items(),
                task.attempts(),
                course.released(task));
    }

    /** The end of a task counts: at once if it is written with the outcome, else when it is written. */
    private void settle(
            Task task, Task.End end, @Nullable Attempt attempt, @Nullable Quarantined entry) {
        if (!journal.writes() || !job.locked(() -> course.goesOn(task, end))) {
            var claim = task.claim();
            job.handOn(job.locked(() -> counts(task, end, attempt, entry, claim)));
            return;
        }
        CompletionStage<Void> written;
        writing.lock();
        try {
            written = journal.ended(task, end, job.locked(course::nextPlace), entry);
        } finally {
            writing.unlock();
        }
        var _ =
                written.thenRun(
                        () -> job.handOn(job.locked(() -> counts(task, end, attempt, null, null))));
    }

    /** Returns whether the outcome is decided now. */
    private boolean counts(
            Task task,
            Task.End end,
            @Nullable Attempt attempt,
            @Nullable Quarantined entry,
            @Nullable TaskClaim claim) {
        course.over(task, attempt);
        if (job.isDecided()) {
            return false;
        }
        if (entry != null) {
            course.quarantine(entry);
        }
        var event = course.counts(task, end, clock.instant());
        if (event == null) {
            job.progressed();
            return false;
        }
        last = claim;
        return job.become(event);
    }

    /** The task whose end has decided the outcome, if it is not written yet. */
    @Nullable TaskClaim last() {
        return last;
    }
}
