package io.procpool.job;

import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Life of a job: pending, running, then one of four ends. An end never changes. */
public sealed interface JobState {
    record Pending() implements JobState {}

    record Running(Instant started) implements JobState {}

    /** The job has its outcome. */
    sealed interface Final extends JobState {
        /** Null: no task of it ever began. */
        @Nullable Instant started();

        Instant finished();
    }

    /** @param errors with {@code errors: collect}, the items that failed */
    record Succeeded(
            @Nullable Instant started, Instant finished, Payload value, List<ItemError> errors)
            implements Final {
        public Succeeded {
            errors = List.copyOf(errors);
        }
    }

    record Failed(@Nullable Instant started, Instant finished, Failure problem) implements Final {}

    record Cancelled(@Nullable Instant started, Instant finished) implements Final {}

    /** @param after the {@code expires_in} that has passed */
    record Expired(Instant finished, Duration after) implements Final {
        @Override
        public @Nullable Instant started() {
            return null;
        }
    }

    /** What may happen to a job. */
    sealed interface Event {
        /** A task of it began. */
        record Begun(Instant at) implements Event {}

        /** All of it is done. */
        record Done(Instant at, Payload value, List<ItemError> errors) implements Event {}

        record Broke(Instant at, Failure problem) implements Event {}

        record CancelDone(Instant at) implements Event {}

        /** {@code expires_in} has passed. */
        record Lapsed(Instant at, Duration after) implements Event {}
    }

    record Step(JobState state, Event event) {}

    /** Pure: decides and never acts. Late news about a final job is noise. */
    static JobState after(JobState state, Event event) {
        return switch (new Step(state, event)) {
            case Step(Final end, _) -> end;
            case Step(Pending _, Event.Begun(var at)) -> new Running(at);
            case Step(Running running, Event.Begun _) -> running;
            case Step(_, Event.Done(var at, var value, var errors)) ->
                    new Succeeded(started(state), at, value, errors);
            case Step(_, Event.Broke(var at, var problem)) ->
                    new Failed(started(state), at, problem);
            case Step(_, Event.CancelDone(var at)) -> new Cancelled(started(state), at);
            case Step(Pending _, Event.Lapsed(var at, var after)) -> new Expired(at, after);
            case Step(Running running, Event.Lapsed _) ->
                    running; // it has started: the promise is kept
        };
    }

    /** When the first task began, if one has. */
    static @Nullable Instant started(JobState state) {
        return switch (state) {
            case Pending _ -> null;
            case Running(var at) -> at;
            case Final end -> end.started();
        };
    }

    /** How the job failed, if it is final and has. */
    default Optional<Failure> failure() {
        return switch (this) {
            case Failed(_, _, var problem) -> Optional.of(problem);
            case Cancelled _ -> Optional.of(new Failure.Cancelled());
            case Expired(_, var after) -> Optional.of(new Failure.Expired(after));
            case Succeeded _, Pending _, Running _ -> Optional.empty();
        };
    }

    /** The name in the API. */
    default String label() {
        return switch (this) {
            case Pending _ -> "pending";
            case Running _ -> "running";
            case Succeeded _ -> "succeeded";
            case Failed _ -> "failed";
            case Cancelled _ -> "cancelled";
            case Expired _ -> "expired";
        };
    }

    List<String> UNFINISHED = List.of("pending", "running");

    List<String> LABELS =
            List.of("pending", "running", "succeeded", "failed", "cancelled", "expired");
}
