package io.procpool.job;

import io.procpool.problem.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The durable home of accepted jobs. Each method is one transaction. What returns a value has lasting effect once it returns; what returns a stage, once that completes:
 * then it survives {@code kill -9} and a power cut. Stages complete in the order of the calls, on a thread of the store's, never on the caller's.
 *
 * <p>Who has claimed a job writes with its {@link Ticket}; who runs one of its tasks, with the task's number and attempt besides. What does not fit what is stored
 * changes nothing: a stale claim can't harm a later one, and no final record ever changes.
 *
 * <p>Methods throw {@link io.procpool.problem.Refused} {@code StoreFull} where new things would be stored and there is no room, and {@code StoreFailed} after the store has
 * failed for good; then the service is about to end. Stages of what belongs to accepted jobs don't fail for want of room: they wait until there is some.
 */
public interface JobStore {

    // --- taking in

    /**
     * A job to take in.
     *
     * @param record pending; or running, if a sync job is to be kept
     * @param claimed whether the caller claims it at once, in epoch 1, and its first task too if {@link #first} says so
     * @param tracked whether its tasks will be written down one by one; if not, a lost one is run again as a whole
     * @param releases the quarantined task that this one is the release of, which leaves the quarantine
     */
    record Entry(
            JobRecord record,
            Submission submission,
            boolean claimed,
            boolean tracked,
            @Nullable UUID releases) {
        /** The task that is claimed with the job, as attempt 1: of an apply that may run at once, and more than once. */
        public Optional<TaskClaim> first() {
            return claimed
                            && tracked
                            && !submission.verb().maps()
                            && submission.terms().delivery() == Delivery.AT_LEAST_ONCE
                    ? Optional.of(new TaskClaim(0, 0, 1, 1))
                    : Optional.empty();
        }
    }

    /**
     * What makes a request that is sent again the same one.
     *
     * @param text the client's, unique
     * @param fingerprint of the request
     * @param answer what a repeat is told
     */
    record Key(String text, String fingerprint, String answer) {}

    /** What became of a request to take jobs in. */
    sealed interface Accepted {
        record Taken() implements Accepted {}

        /** The key is there with the same fingerprint; nothing was stored. */
        record Replayed(String answer) implements Accepted {}

        /** The key is there with another fingerprint, or an id is taken; nothing was stored. */
        record Conflict() implements Accepted {}

        /** What was to be released is not in quarantine; nothing was stored. */
        record NotQuarantined() implements Accepted {}
    }

    /** What a key's repeat is told, if the key is there: to look before anything costly is done. {@link Accepted.Taken}: it is not. */
    Accepted look(Key key);

    /** Takes jobs in, all or none: their 202 may be sent once this returns. */
    Accepted accept(List<Entry> entries, @Nullable Key key);

    /** Takes back an acceptance that nobody has been told of, with its key. */
    void withdraw(UUID id);

    // --- claims

    /** A task as it is claimed: run {@code attempt}, from 1, of these items. */
    record TaskClaim(int number, long firstItem, int items, int attempt) {}

    /**
     * A task that was claimed before.
     *
     * @param attempt how often it has been claimed
     * @param attempts the evidence of its runs, without gap, or none if it has ended and there is very much of it; a run that was lost with the service is among them, as {@code worker-lost} with the reason {@code service_lost}
     * @param end null: it is to be run again
     */
    record KeptTask(
            int number,
            long firstItem,
            int items,
            int attempt,
            List<Attempt> attempts,
            Task.@Nullable End end) {}

    /**
     * A job that is claimed.
     *
     * @param record as it was before the claim
     * @param submission with a hold of no bytes
     * @param tasks of a tracked one, those that have an end first, in the order in which they came to it, then the others by number. None is claimed now, but that of {@link #first}
     * @param first of an apply that may run more than once: its task, which is claimed with the job
     * @param runs of an untracked one: no task of it has had more of them, the last of which was lost with the service
     */
    record Claimed(
            JobRecord record,
            Submission submission,
            Ticket ticket,
            boolean tracked,
            List<KeptTask> tasks,
            Optional<TaskClaim> first,
            int runs) {}

    /**
     * What {@link #claim} found.
     *
     * @param more whether others of that pool could be claimed now
     * @param nextDue when the next one of that pool can be claimed that cannot now; null: there is none
     */
    record Batch(List<Claimed> jobs, boolean more, @Nullable Instant nextDue) {}

    /**
     * Claims jobs of a pool that are unclaimed and due, by falling priority and then by age.
     *
     * @param now the service's time
     * @param limit jobs
     * @param maxBytes of bodies, together; a first one that is longer is claimed all the same
     */
    Batch claim(String pool, Instant now, int limit, long maxBytes);

    /** Pools for which unclaimed jobs are stored, due or not. */
    List<String> pools();

    /**
     * Voids all claims of services that are gone, which is all there are when the service starts: the jobs can be claimed again. A task that was claimed gets the evidence of a run
     * that was lost with the service, and so does a call that is not tracked. Touches no final job.
     *
     * @return how many jobs
     */
    int rescue(Instant now);

    /** Claims tasks of a claimed job for their next attempts. Those that are new are there from then on. */
    CompletionStage<Void> claimTasks(Ticket ticket, List<TaskClaim> claims);

    /** The first task of the job has begun: the job is running. The process is kept as evidence of the attempt. */
    CompletionStage<Void> begun(Ticket ticket, TaskClaim task, long pid, Instant at);

    /**
     * One task of several has its end.
     *
     * @param attempts the evidence of all its runs
     * @param place how many tasks of the job came to their end before it
     * @param quarantined if it goes to quarantine, and the job goes on
     */
    CompletionStage<Void> ended(
            Ticket ticket,
            TaskClaim task,
            Task.End end,
            List<Attempt> attempts,
            int place,
            @Nullable Quarantined quarantined);

    /** A run of a task has failed, and there will be another, which is claimed when it may begin; of a job that is not tracked it is kept that there was a run of that number, see {@link Claimed#runs}, and of a single call its evidence. Again, or after a later one: no effect. */
    CompletionStage<Void> again(Ticket ticket, TaskClaim task, List<Attempt> attempts);

    /**
     * Gives a claimed job its final record, once; later ones, and those with stale tickets, change nothing. What is known of its tasks is dropped: the record has the evidence.
     *
     * @param last the task whose end made it final; null: none did
     * @return whether it is the job's final record now
     */
    CompletionStage<Boolean> finish(
            Ticket ticket,
            JobRecord record,
            @Nullable TaskClaim last,
            List<Quarantined> quarantined);

    // --- jobs that nobody has claimed

    /**
     * Gives a job its end if nobody has claimed it.
     *
     * @return its final record; empty if it is claimed, final, or not there
     */
    Optional<JobRecord> end(UUID id, JobState.Final end);

    /**
     * Gives all unclaimed jobs of a pool the same failed end.
     *
     * @return those that got it, at most {@code limit}: to be called until there are none
     */
    List<JobRecord> endAll(String pool, Failure why, Instant at, int limit);

    /**
     * Ends unclaimed jobs that have not begun and whose {@code expires_in} has passed.
     *
     * @return those that got it, at most {@code limit}
     */
    List<JobRecord> lapse(Instant now, int limit);

    // --- reading

    /** What became of an id. */
    sealed interface Found {
        record There(JobRecord record) implements Found {}

        /** It was there and has been dropped when its time was over. One that was {@link #forget forgotten} is unknown, though its id is not free. */
        record Gone() implements Found {}

        record Unknown() implements Found {}
    }

    /** A large value is read from where it is when it is wanted; then it may be gone, which is a {@link io.procpool.problem.Refused} {@code ResultGone} or {@code ResultUnknown}. */
    Found find(UUID id);

    /** A place in a listing: it stays where it is, whatever is written meanwhile. */
    record Cursor(Instant created, UUID id) implements Comparable<Cursor> {
        @Override
        public int compareTo(Cursor other) {
            int byTime = created.compareTo(other.created);
            // Not UUID's own order, which is signed: this one is that of its text and of its bytes.
            return byTime != 0 ? byTime : id.toString().compareTo(other.id.toString());
        }
    }

    /**
     * Which jobs to list, newest first.
     *
     * @param state a label of {@link JobState}
     * @param labels all of these it must have
     * @param from created then or later
     * @param to created before that
     * @param before only those below this place: where the page before ended
     */
    record Query(
            @Nullable String pool,
            @Nullable String state,
            @Nullable String func,
            List<Label> labels,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Cursor before,
            int limit) {
        /** All of them. */
        public static Query all(int limit) {
            return new Query(null, null, null, List.of(), null, null, null, limit);
        }

        public boolean matches(JobRecord record) {
            return (pool == null || pool.equals(record.pool()))
                    && (state == null || state.equals(record.state().label()))
                    && (func == null || func.equals(record.func()))
                    && (from == null || !record.created().isBefore(from))
                    && (to == null || record.created().isBefore(to))
                    && (before == null || record.place().compareTo(before) < 0)
                    && labels.stream().allMatch(wanted -> wanted.isOf(record));
        }
    }

    /**
     * A label that is looked for.
     *
     * @param value null: any
     */
    record Label(String name, @Nullable String value) {
        boolean isOf(JobRecord record) {
            var there = record.labels().get(name);
            return there != null && (value == null || value.equals(there));
        }
    }

    /** At most {@code query.limit} that match, by falling {@link JobRecord#place}. Values of succeeded ones are left out: they read as empty. */
    List<JobRecord> list(Query query);

    /**
     * Forgets a final job: it is unknown from then on.
     *
     * @return false if there is none, or it is not final
     */
    boolean forget(UUID id);

    /**
     * What is kept at the moment.
     *
     * @param states jobs by the label of their state, all labels
     * @param bytes that the store takes on the disk
     * @param limit the most of these
     * @param expired how many results have been dropped since the start because their time was over
     * @param quarantined tasks
     */
    record Holdings(
            Map<String, Long> states, long bytes, long limit, long expired, long quarantined) {}

    Holdings holdings();

    // --- quarantine

    /**
     * By falling id, without the values of their submissions.
     *
     * @param before only ids below this one
     */
    List<Quarantined> quarantine(@Nullable UUID before, int limit);

    Optional<Quarantined> quarantined(UUID id);

    /** Returns whether there was one */
    boolean dropQuarantined(UUID id);
}
