package io.procpool.store;

import io.procpool.job.Arrivals;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Verb;
import io.procpool.payload.Payload;
import io.procpool.problem.Failure;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job as its rows have it.
 *
 * @param record complete but for a value that is in a file
 * @param filed the value; null: it is in the record, or left out
 */
record StoredJob(long n, JobRecord record, @Nullable Filed filed) {
    /** Where a value is that has a file of its own. */
    record Filed(String name, int size) {}

    /** Of {@code job j LEFT JOIN evidence e ON e.job = j.n}; the value comes after them. */
    static final String COLUMNS =
            """
            j.n, e.problem, e.errors, e.file, e.size, e.arrivals, j.state, j.started, j.finished, \
            j.id, j.pool, j.verb, j.func, j.collect, j.async, j.created, j.items, j.done, \
            e.attempts, j.version, j.labels, j.retry_of, e.progress""";

    /** The same without evidence that may be long, for many: no attempts, no errors, no output. */
    static final String LISTED =
            """
            j.n, json_replace(e.problem, '$.output_tail', ''), NULL, NULL, NULL, NULL, j.state, \
            j.started, j.finished, \
            j.id, j.pool, j.verb, j.func, j.collect, j.async, j.created, j.items, j.done, \
            NULL, j.version, j.labels, j.retry_of, e.progress""";

    static final String FROM = " FROM job j LEFT JOIN evidence e ON e.job = j.n ";

    private static final Payload NOTHING = Payload.ofUtf8("");

    static StoredJob withValue(Row row) throws SQLException {
        return read(row, true);
    }

    static StoredJob withoutValue(Row row) throws SQLException {
        return read(row, false);
    }

    private static StoredJob read(Row row, boolean withValue) throws SQLException {
        long n = row.number();
        var problem = row.textOrNull();
        var errors = row.textOrNull();
        var file = row.textOrNull();
        var size = row.numberOrNull();
        var arrivals = row.bytesOrNull();
        var label = row.text();
        var started = row.timeOrNull();
        var finished = row.timeOrNull();
        var record =
                new JobRecord(
                        row.id(),
                        row.text(),
                        Verb.valueOf(row.text()),
                        row.text(),
                        row.flag(),
                        row.flag(),
                        row.time(),
                        new JobState.Pending(),
                        row.number(),
                        row.number(),
                        EvidenceJson.attempts(row.textOrNull()),
                        row.number(),
                        arrivals == null ? null : arrivals(arrivals),
                        Labels.read(row.textOrNull()),
                        row.idOrNull(),
                        EvidenceJson.progress(row.textOrNull()));
        var value = withValue ? row.payloadOrNull() : null;
        var state =
                state(
                        label,
                        started,
                        finished,
                        FailureJson.readOrNull(problem),
                        new JobState.Succeeded(
                                started,
                                finished == null ? Instant.EPOCH : finished,
                                value == null ? NOTHING : value,
                                label.equals("succeeded")
                                        ? EvidenceJson.errors(errors)
                                        : List.of()));
        var filed =
                withValue && file != null && size != null
                        ? new Filed(file, Math.toIntExact(size))
                        : null;
        return new StoredJob(n, record.with(state, record.version()), filed);
    }

    private static JobState state(
            String label,
            @Nullable Instant started,
            @Nullable Instant finished,
            @Nullable Failure problem,
            JobState.Succeeded success) {
        return switch (label) {
            case "pending" -> new JobState.Pending();
            case "running" -> new JobState.Running(Objects.requireNonNull(started));
            case "succeeded" -> success;
            case "failed" ->
                    new JobState.Failed(
                            started,
                            Objects.requireNonNull(finished),
                            Objects.requireNonNull(problem));
            case "cancelled" -> new JobState.Cancelled(started, Objects.requireNonNull(finished));
            case "expired" ->
                    new JobState.Expired(
                            Objects.requireNonNull(finished),
                            ((Failure.Expired) Objects.requireNonNull(problem)).after());
            default -> throw new IllegalStateException("The store has a job that is " + label);
        };
    }

    /** With the value that is in its file. */
    JobRecord with(Payload value) {
        var state = (JobState.Succeeded) record.state();
        return record.with(
                new JobState.Succeeded(state.started(), state.finished(), value, state.errors()),
                record.version());
    }

    private static Arrivals arrivals(byte[] bytes) {
        var runs = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(runs);
        return Arrivals.of(runs);
    }

    static byte @Nullable [] bytes(@Nullable Arrivals arrivals) {
        if (arrivals == null) {
            return null;
        }
        var runs = arrivals.runs();
        var bytes = ByteBuffer.allocate(runs.length * Integer.BYTES);
        bytes.asIntBuffer().put(runs);
        return bytes.array();
    }
}
