package io.procpool.dispatch;

import io.procpool.job.Attempt;
import io.procpool.job.ItemError;
import io.procpool.job.Job;
import io.procpool.job.Progress;
import io.procpool.job.Task;
import io.procpool.pool.Call;
import io.procpool.pool.Outcome;
import io.procpool.pool.Run;
import io.procpool.pool.Work;
import io.procpool.problem.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job as a pool sees it: its tasks as calls, their outcomes as the tasks' ends. */
record JobWork(Job job) implements Work {
    @Override
    public int priority() {
        return job.submission().priority();
    }

    @Override
    public boolean waitedFor() {
        return job.waitedFor();
    }

    @Override
    public boolean lasting() {
        return job.lasting();
    }

    @Override
    public @Nullable Taken next(int processes) {
        var cut = job.next(processes);
        if (cut == null) {
            return null;
        }
        var submission = job.submission();
        var call =
                new Call(
                        new Call.Origin(
                                job.id().toString(),
                                cut.task().number(),
                                cut.task().attempt(),
                                cut.task().alone()),
                        submission.verb().wire(),
                        submission.func(),
                        submission.collect(),
                        cut.task().items(),
                        cut.task().body(),
                        submission.timeout(),
                        cut.task().readyNanos(),
                        new Ears(job, cut.task()));
        job.cancelledBy(cut.task(), call::cancel);
        return new Taken(call, cut.more());
    }

    @Override
    public void drop(Failure why) {
        job.broke(why);
    }

    /** Hears how one call goes. */
    private record Ears(Job job, Task task) implements Call.Listener {
        @Override
        public void started(long pid, Instant at) {
            job.begun(task, pid, at);
        }

        @Override
        public void progress(double done, @Nullable Double total, @Nullable String note) {
            job.progress(new Progress(done, total, note));
        }

        @Override
        public void ended(Outcome outcome, @Nullable Run run) {
            var end = end(outcome);
            job.ended(task, end, run == null ? null : attempt(run, end));
        }

        private static Task.End end(Outcome outcome) {
            return switch (outcome) {
                case Outcome.Returned(var value, var errors) ->
                        new Task.End.Value(
                                value,
                                errors.stream()
                                        .map(error -> new ItemError(error.index(), error.failure()))
                                        .toList());
                case Outcome.Failed(var failure) -> new Task.End.Broke(failure);
            };
        }

        private Attempt attempt(Run run, Task.End end) {
            return new Attempt(
                    task.attempt(),
                    task.firstItem(),
                    task.items(),
                    run.pid(),
                    run.generation(),
                    run.started(),
                    run.finished(),
                    run.exitcode(),
                    run.signal(),
                    run.cpuSeconds(),
                    run.peakRss(),
                    run.outputTail(),
                    run.outputTruncated(),
                    end instanceof Task.End.Broke(var problem)
                            ? problem.shifted(task.firstItem())
                            : null);
        }
    }
}
