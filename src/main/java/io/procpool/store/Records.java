package io.procpool.store;

import io.procpool.job.Arrivals;
import io.procpool.job.Attempt;
import io.procpool.job.ItemError;
import io.procpool.job.JobRecord;
import io.procpool.job.JobState;
import io.procpool.job.Progress;
import io.procpool.job.Ticket;
import io.procpool.job.Verb;
import io.procpool.payload.Payload;
import io.procpool.store.Session.Row;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Jobs as rows of the database. */
final class Records {
    private static final Payload NOTHING = Payload.ofUtf8("");

    /** Of what {@link #summary} reads. */
    static final String SUMMARY =
            """
            jobs.*, outcomes.evidence
            FROM jobs LEFT JOIN outcomes ON outcomes.job = jobs.seq
            """;

    /** Of what {@link #whole} reads. */
    static final String WHOLE =
            """
            jobs.*, outcomes.evidence, outcomes.value, outcomes.file, outcomes.arrivals
            FROM jobs LEFT JOIN outcomes ON outcomes.job = jobs.seq
            """;

    private Records() {}

    /** Without its value, which reads as empty. */
    static JobRecord summary(Row row) throws SQLException {
        return record(row, NOTHING, null);
    }

    static JobRecord whole(Row row, Values values) throws SQLException {
        boolean succeeded = row.text("state").equals("succeeded");
        var value =
                succeeded ? values.read(row.bytesOrNull("value"), row.textOrNull("file")) : NOTHING;
        var arrivals = row.bytesOrNull("arrivals");
        return record(row, value, arrivals == null ? null : Arrivals.of(arrivals));
    }

    private static JobRecord record(Row row, Payload value, @Nullable Arrivals arrivals)
            throws SQLException {
        var text = row.textOrNull("evidence");
        var evidence = text == null ? null : Evidence.of(text);
        List<Attempt> attempts = evidence == null ? List.of() : evidence.attempts();
        Progress progress = evidence == null ? null : evidence.progress();
        return new JobRecord(
                row.id("id"),
                row.text("pool"),
                Verb.valueOf(row.text("verb").toUpperCase(Locale.ROOT)),
                row.text("func"),
                row.flag("collect"),
                true,
                row.time("created"),
                state(row, value, evidence),
                row.number("items"),
                row.number("done"),
                attempts,
                version(row),
                arrivals,
                Evidence.readLabels(row.text("labels")),
                row.idOrNull("retry_of"),
                progress);
    }

    private static long version(Row row) throws SQLException {
        return row.numberOrNull("finished") == null
                ? new Ticket(row.id("id"), row.integer("epoch")).restingVersion()
                : row.number("version");
    }

    private static JobState state(Row row, Payload value, @Nullable Evidence evidence)
            throws SQLException {
        var started = row.timeOrNull("started");
        return switch (row.text("state")) {
            case "pending" -> new JobState.Pending();
            case "running" -> new JobState.Running(Objects.requireNonNull(started));
            case "succeeded" -> {
                List<ItemError> errors = evidence == null ? List.of() : evidence.errors();
                yield new JobState.Succeeded(started, row.time("finished"), value, errors);
            }
            case "failed" ->
                    new JobState.Failed(
                            started,
                            row.time("finished"),
                            Objects.requireNonNull(evidence).failure());
            case "cancelled" -> new JobState.Cancelled(started, row.time("finished"));
            case "expired" ->
                    new JobState.Expired(
                            row.time("finished"),
                            Duration.ofNanos(Objects.requireNonNull(evidence).after()));
            default -> throw new IllegalStateException("no state: " + row.text("state"));
        };
    }

    /** With another end; its version is above all before. */
    static JobRecord ended(JobRecord record, JobState.Final end) {
        return new JobRecord(
                record.id(),
                record.pool(),
                record.verb(),
                record.func(),
                record.collect(),
                record.async(),
                record.created(),
                end,
                record.items(),
                record.done(),
                record.attempts(),
                record.version() + 1,
                null,
                record.labels(),
                record.retryOf(),
                record.progress());
    }

    /** With more attempts: those of its tasks. */
    static JobRecord withAttempts(JobRecord record, List<Attempt> more) {
        var all = new ArrayList<>(record.attempts());
        all.addAll(more);
        return new JobRecord(
                record.id(),
                record.pool(),
                record.verb(),
                record.func(),
                record.collect(),
                record.async(),
                record.created(),
                record.state(),
                record.items(),
                record.done(),
                List.copyOf(all),
                record.version(),
                record.arrivals(),
                record.labels(),
                record.retryOf(),
                record.progress());
    }
}
