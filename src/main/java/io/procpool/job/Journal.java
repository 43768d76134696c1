package io.procpool.job;

import io.procpool.job.JobStore.TaskClaim;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where the steps of a job are written before they count. */
interface Journal {
    /** Whether anything is written. If not, each step counts at once. */
    boolean writes();

    CompletionStage<Void> claim(List<TaskClaim> claims);

    CompletionStage<Void> begun(TaskClaim task, long pid, Instant at);

    CompletionStage<Void> ended(
            Task task, Task.End end, int place, @Nullable Quarantined quarantined);

    CompletionStage<Void> again(Task task);

    /** Of a job that nobody was promised anything about, or that is run again as a whole. */
    record Unwritten() implements Journal {
        private static final CompletionStage<Void> NOW = CompletableFuture.completedFuture(null);

        @Override
        public boolean writes() {
            return false;
        }

        @Override
        public CompletionStage<Void> claim(List<TaskClaim> claims) {
            return NOW;
        }

        @Override
        public CompletionStage<Void> begun(TaskClaim task, long pid, Instant at) {
            return NOW;
        }

        @Override
        public CompletionStage<Void> ended(
                Task task, Task.End end, int place, @Nullable Quarantined quarantined) {
            return NOW;
        }

        @Override
        public CompletionStage<Void> again(Task task) {
            return NOW;
        }
    }

    /** Of an accepted job. */
    record Stored(JobStore store, Ticket ticket) implements Journal {
        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public CompletionStage<Void> claim(List<TaskClaim> claims) {
            return store.claimTasks(ticket, claims);
        }

        @Override
        public CompletionStage<Void> begun(TaskClaim task, long pid, Instant at) {
            return store.begun(ticket, task, pid, at);
        }

        @Override
        public CompletionStage<Void> ended(
                Task task, Task.End end, int place, @Nullable Quarantined quarantined) {
            return store.ended(ticket, task.claim(), end, task.attempts(), place, quarantined);
        }

        @Override
        public CompletionStage<Void> again(Task task) {
            return store.again(ticket, task.claim(), task.attempts());
        }
    }
}
