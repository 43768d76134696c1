package io.procpool.store;

import io.procpool.job.Submission;
import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.payload.Slicer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A submission as rows have it: its terms as a text, and its values behind each other as they were sent. */
final class Body {
    /** The columns that {@link #bind} fills and {@link #read} reads. */
    static final String COLUMNS = "submission, args_size, kwds_size, file, content";

    private static final Payload OPEN = Payload.ofUtf8("[");
    private static final Payload CLOSE = Payload.ofUtf8("]");
    private static final Payload NOTHING = Payload.ofUtf8("");

    private final Submission submission;
    private final String terms;
    private final Content content;

    /** @param patient whether a file that has no room now is written later */
    Body(Submission submission, Values values, boolean patient) throws IOException {
        this.submission = submission;
        this.terms = SubmissionJson.write(submission);
        var items = submission.iterable();
        var parts =
                items == null
                        ? new Payload[] {submission.args(), submission.kwds()}
                        : new Payload[] {
                            submission.args(),
                            submission.kwds(),
                            OPEN,
                            items.size() == 0 ? NOTHING : items.span(0, items.size()),
                            CLOSE
                        };
        this.content = patient ? Content.wanted(values, parts) : Content.written(values, parts);
    }

    Content content() {
        return content;
    }

    int size() {
        return terms.length() + content.size();
    }

    Statement bind(Statement statement) throws SQLException {
        return statement
                .with(terms)
                .with(submission.args().size())
                .with(submission.kwds().size())
                .with(content.file())
                .with(content.inline());
    }

    /** What was read of a row. */
    record Stored(
            String terms, int args, int kwds, @Nullable String file, @Nullable Payload content) {

        /** Not on the writer's thread: a file may be read, and an iterable is cut again. */
        Submission submission(Values values, InFlight.Hold hold) throws IOException {
            var all = file == null ? Objects.requireNonNull(content) : values.read(file);
            var json = Json.read(terms);
            var items =
                    SubmissionJson.hasIterable(json)
                            ? items(all.slice(args + kwds, all.size()))
                            : null;
            return SubmissionJson.read(
                    json,
                    new SubmissionJson.Values(
                            all.slice(0, args), all.slice(args, args + kwds), items, hold));
        }

        /** What it says without its values. */
        Submission terms(InFlight.Hold hold) {
            return SubmissionJson.read(
                    Json.read(terms), new SubmissionJson.Values(NOTHING, NOTHING, null, hold));
        }

        /** It was within the limits when it was taken in. */
        private static Items items(Payload array) {
            return new Slicer(new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE)).sliceArray(array);
        }
    }

    static Stored read(Row row) throws SQLException {
        return new Stored(
                row.text(), row.integer(), row.integer(), row.textOrNull(), row.payloadOrNull());
    }
}
