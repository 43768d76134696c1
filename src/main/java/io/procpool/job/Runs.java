package io.procpool.job;

import io.procpool.job.JobStore.Claimed;
import io.procpool.job.JobStore.TaskClaim;
import io.procpool.problem.Failure;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of a job's tasks: hands them out once they are claimed, judges how they ended, writes that down, and has it count when it is written.
 *
 * <p>Threads: slots fetch and end, the store says what is written. The job's lock guards the course and {@code last}.
 */
final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
    private static final Duration LONGEST_CLAIM = Duration.ofSeconds(1);

    private final Job job;
    private final Course course;
    private final Journal journal;
    private final Clock clock;

    /** The ends of tasks are written in the order of their places, and count in it. The job's lock is taken within it, and those that the end of a job takes. */
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
        if (claimed.tracked()) {
            takeUpTasks(claimed);
        } else {
            beginAnew(claimed.record().attempts(), claimed.runs());
        }
    }

    private void beginAnew(List<Attempt> known, int runs) {
        var open = job.locked(() -> course.beginAnew(known, runs));
        if (isOnce() && runs > 0) {
            job.broke(Crashes.serviceLost()); // some of it may have begun
        } else {
            open.forEach(task -> goOn(task, null));
        }
    }

    private boolean isOnce() {
        return job.submission().terms().delivery() == Delivery.AT_MOST_ONCE;
    }

    private void takeUpTasks(Claimed claimed) {
        var open = job.locked(() -> course.takeUp(claimed.tasks()));
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

    /**
     * A task that was claimed in an earlier life and has no end.
     *
     * @param last its last run
     * @param claimed if the next one is claimed already
     */
    private void goOn(Task last, @Nullable TaskClaim claimed) {
        var before = last.attempts();
        if (isOnce() && Crashes.isServiceLost(before)) {
            endUnclaimed(last, Crashes.serviceLost());
            return;
        }
        begin(
                claimed == null ? last.next() : last.as(claimed.attempt()),
                claimed != null,
                pause(before));
    }

    /** What is left of the pause before the next run; all of it, if the clock was set back. */
    private Duration pause(List<Attempt> before) {
        int charged = Crashes.charged(before);
        if (charged == 0) {
            return Duration.ZERO;
        }
        var pause = job.submission().terms().retries().before(charged + 1);
        var since = Duration.between(Crashes.lastCharged(before).finished(), clock.instant());
        return since.isNegative() ? pause : pause.minus(since);
    }

    // --- out

    /** The next task; null: none can be handed out now, and the pool is told when one can. */
    Job.@Nullable Cut next(int processes) {
        while (true) {
            var step = job.locked(() -> step(processes));
            var claimed = claim(step.claims());
            if (!step.waits() || !isDone(claimed)) {
                if (step.cut() != null && isOnce()) {
                    wake(); // nobody else claims the next one
                }
                return step.cut();
            }
        }
    }

    /**
     * What somebody who asks for a task gets.
     *
     * @param claims to be claimed now
     * @param waits whether who asks waits for that: they are claimed for nobody else
     */
    private record Step(Job.@Nullable Cut cut, List<Task> claims, boolean waits) {}

    private Step step(int processes) {
        boolean over = job.isDecided() || job.isSuspended();
        var cut = course.next(processes, over);
        var claims = cut != null && isOnce() ? List.<Task>of() : course.toClaim(processes, over);
        return new Step(cut, claims, isOnce() && !claims.isEmpty());
    }

    private CompletableFuture<Void> claim(List<Task> claims) {
        var done = new CompletableFuture<Void>();
        if (!claims.isEmpty()) {
            after(
                    journal.claim(claims.stream().map(Task::claim).toList()),
                    () -> {
                        claimed(claims);
                        if (!isOnce() || !done.complete(null)) {
                            wake(); // else who waits takes it
                        }
                    });
        }
        return done;
    }

    /** Not for long: while the disk of the store is full others may have something to run. The job's pool is told when it is claimed. */
    private static boolean isDone(CompletableFuture<Void> claimed) {
        try {
            claimed.get(LONGEST_CLAIM.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException later) {
            return !claimed.cancel(false);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return !claimed.cancel(false);
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    /** What follows from something that is written. A bug in that must not become a job that nobody ends. */
    private void after(CompletionStage<Void> written, Runnable step) {
        var _ =
                written.whenComplete(
                        (_, failure) -> {
                            try {
                                if (failure == null) {
                                    step.run();
                                } else {
                                    notWritten(failure);
                                }
                            } catch (RuntimeException
                                    | Error bug) { // an Error too: nobody else would end it
                                LOG.error("Result {} can't go on", job.id(), bug);
                                job.broke(new Failure.ProtocolError("the service failed to go on"));
                            }
                        });
    }

    /** If the store has failed the service ends, and the next one goes on. Anything else is a bug. */
    private void notWritten(Throwable failure) {
        var cause = failure instanceof CompletionException wrapper ? wrapper.getCause() : failure;
        if (!(cause instanceof Refused)) {
            LOG.error("A step of result {} was not written", job.id(), failure);
            job.broke(new Failure.ProtocolError("the service failed to write it down"));
        }
    }

    private void claimed(List<Task> claims) {
        job.locked(() -> course.claimed(claims, job.isDecided() || job.isSuspended()));
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
            case Judgement.Again(var pause) ->
                    after(writtenAgain(task), () -> again(task, attempt, pause));
        }
    }

    private CompletionStage<Void> writtenAgain(Task task) {
        var ticket = job.ticket();
        if (ticket == null || journal.writes()) {
            return journal.again(task);
        }
        var written = job.owner().again(ticket, task);
        return job.lasting() ? written : journal.again(task); // its pool may end without it
    }

    /** Null: it is too late. */
    private @Nullable Judgement judge(Task task, Task.End end, @Nullable Attempt attempt) {
        if (job.isDecided() || (job.isSuspended() && isTermination(end))) {
            course.endedLate(task, attempt);
            return null;
        }
        return course.ended(task, end, attempt, !job.waitedFor());
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
            endUnclaimed(task, new Failure.Cancelled());
        } else {
            begin(task.next(), false, pause);
        }
    }

    /** @param claimed whether the run is claimed already */
    private void begin(Task next, boolean claimed, Duration pause) {
        if (pause.isPositive()) {
            job.owner().later(job, pause, () -> begin(next, claimed, Duration.ZERO));
            return;
        }
        job.locked(
                () -> {
                    course.again(next);
                    if (claimed) {
                        course.claimedAhead();
                    }
                });
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
        writing.lock();
        try { // they count in that order too
            after(
                    journal.ended(task, end, job.locked(course::nextPlace), entry),
                    () -> job.handOn(job.locked(() -> counts(task, end, attempt, null, null))));
        } finally {
            writing.unlock();
        }
    }

    /** A task has ended that nobody has a claim on any more. That need not be written: whoever takes it up finds the same. */
    private void endUnclaimed(Task task, Failure why) {
        var end = new Task.End.Broke(why);
        job.handOn(job.locked(() -> counts(task, end, null, null, null)));
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
