package io.procpool.job;

import io.procpool.problem.Failure;
import java.time.Duration;
import java.util.List;

/** What follows from the end of a task's run. */
sealed interface Judgement {
    /** The end counts. */
    record Counts(Task.End end) implements Judgement {}

    /** It has crashed too often: this end counts, and the task goes to quarantine. */
    record Quarantine(Task.End.Broke end) implements Judgement {}

    /** It is run again, after a pause. */
    record Again(Duration pause) implements Judgement {}

    /** No pool that loses its workers over and over keeps a task for ever. */
    int MOST_RUNS = 100;

    /**
     * Pure: decides and never acts.
     *
     * @param end how the last run ended
     * @param attempts all runs so far, the last one too
     */
    static Judgement of(Task.End end, List<Attempt> attempts, Terms terms) {
        return end instanceof Task.End.Broke broke ? of(broke, attempts, terms) : new Counts(end);
    }

    private static Judgement of(Task.End.Broke end, List<Attempt> attempts, Terms terms) {
        var retries = terms.retries();
        int crashes = Crashes.of(attempts);
        if (Crashes.isCrash(end.problem()) && crashes >= Crashes.MOST) {
            return new Quarantine(new Task.End.Broke(quarantined(end.problem(), crashes)));
        }
        boolean foreign = Crashes.isForeign(end.problem());
        int charged = Crashes.charged(attempts);
        boolean left = foreign ? attempts.size() < MOST_RUNS : charged <= retries.max();
        if (attempts.isEmpty()
                || retries.max() == 0
                || !left
                || !retries.after(end.problem())
                || (terms.delivery() == Delivery.AT_MOST_ONCE
                        && end.problem() instanceof Failure.WorkerLost)) {
            return new Counts(end);
        }
        return new Again(foreign ? Duration.ZERO : retries.before(charged + 1));
    }

    private static Failure quarantined(Failure last, int crashes) {
        return last instanceof Failure.WorkerLost(var reason, var exitcode, var signal, var tail)
                ? new Failure.Quarantined(crashes, reason, exitcode, signal, tail)
                : new Failure.Quarantined(crashes, "protocol_error", null, null, "");
    }
}
