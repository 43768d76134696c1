package io.procpool.web;

import io.procpool.job.Submission;
import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.LineReader;
import io.procpool.web.SubmissionReader.Address;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an imap's client has sent so far: first the submission, then items. One of the two ways to read it, once. Used by the request's thread. */
final class ImapRequest implements AutoCloseable {
    private final Bodies bodies;
    private final SubmissionReader reader;
    private final Address to;
    private final HttpServletRequest request;

    /** The memory of what the job holds. */
    private final InFlight.Hold hold;

    /** The memory of what is only read. */
    private final InFlight.Hold buffer;

    private boolean taken;
    private @Nullable Submission submission;
    private @Nullable LineReader lines;
    private @Nullable Items items;

    ImapRequest(Bodies bodies, SubmissionReader reader, Address to, HttpServletRequest request) {
        this.bodies = bodies;
        this.reader = reader;
        this.to = to;
        this.request = request;
        this.hold = bodies.hold();
        this.buffer = bodies.hold();
    }

    /** A JSON body with all items in it. */
    ImapRequest json() throws IOException {
        submission = reader.read(to, bodies.read(request, hold), hold);
        items = submission.iterable();
        return this;
    }

    /** JSON lines, of which the first is read now and the others as they are asked for. */
    ImapRequest lines() throws IOException {
        lines = bodies.lines(request, buffer);
        submission = reader.head(to, lines.head(), null, hold);
        return this;
    }

    Submission submission() {
        return Objects.requireNonNull(submission);
    }

    /** Whether all items are in memory. */
    boolean whole() {
        return lines == null;
    }

    /** A job has the memory of the submission now, and gives it back. */
    void taken() {
        taken = true;
    }

    /** The items that come next, maybe none; null: there are no more. */
    @Nullable Items next() throws IOException {
        if (lines != null) {
            return lines.next();
        }
        var all = items;
        items = null;
        return all;
    }

    @Override
    public void close() {
        buffer.close();
        if (!taken) {
            hold.close();
        }
    }
}
