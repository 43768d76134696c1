package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.BodyTooLarge;
import io.procpool.problem.Refusal.Overloaded;
import io.procpool.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON lines (one JSON text in UTF-8 a line, line feeds between them, empty lines ignored) as they arrive: first an object,
 * then items. It takes what there is and never waits for more than the next bytes. Not thread safe.
 */
public final class LineReader {
    /** What is read at a time. More only for a line that is longer. */
    public static final int BUFFER = 64 * 1024;

    private static final Items NONE = new Items.Builder(new byte[0]).closedAt(0);

    private final InputStream in;
    private final Slicer heads;
    private final int longest;
    private final InFlight.Hold hold;
    private final Lines lines;
    private byte[] buffer = new byte[BUFFER];

    /** What is read and not yet returned: from {@code from} to {@code to}; up to {@code seen} there is no line feed in it. */
    private int from;

    private int seen;
    private int to;
    private boolean headRead;
    private boolean ended;

    /**
     * @param limits of each line; an item may nest as deep as an element of the array {@code iterable}, one level less than a body
     * @param hold grows with the buffer
     * @throws Refused {@link Overloaded} if there is no memory for the buffer
     */
    public LineReader(InputStream in, Limits limits, InFlight.Hold hold) {
        this.in = in;
        this.hold = hold;
        this.longest = limits.maxBytes();
        this.heads = new Slicer(limits);
        this.lines = new Lines(limits);
        hold.grow(BUFFER);
    }

    /**
     * Waits for the first line that is not empty.
     *
     * @throws Refused if it is no JSON object, or too long
     */
    public SlicedObject head() throws IOException {
        while (true) {
            int feed = feed();
            if (feed < 0 && !ended) {
                read();
                continue;
            }
            int end = feed < 0 ? to : feed;
            int first = Offsets.pastSpace(buffer, from, end);
            if (first == end && !ended) {
                skip(end + 1);
                continue;
            }
            var line = Arrays.copyOfRange(buffer, from, end);
            skip(Math.min(end + 1, to));
            headRead = true;
            return heads.slice(line);
        }
    }

    private void skip(int next) {
        lines.skipped();
        from = next;
        seen = next;
    }

    /**
     * What the next bytes bring: none, if they end no line or only empty ones.
     *
     * @return null at the end
     * @throws Refused {@link BadRequest} if the next line is not one JSON value or too long; {@link Overloaded} if there is no memory
     *     for it. All lines before it have been returned
     */
    public @Nullable Items next() throws IOException {
        lines.refuse();
        if (ended && from == to) {
            return null;
        }
        if (!ended && feed() < 0) {
            read();
        }
        if (!ended && feed() < 0) {
            return NONE; // a long line comes in many pieces: what is known of it is not read again
        }
        int end = ended ? to : lastFeed() + 1;
        if (end <= from) {
            return NONE;
        }
        int start = from;
        from = end;
        seen = end;
        return lines.items(buffer, start, end);
    }

    /** The place of the first line feed, or -1; each byte is looked at once. */
    private int feed() {
        for (; seen < to; seen++) {
            if (buffer[seen] == '\n') {
                return seen;
            }
        }
        return -1;
    }

    private int lastFeed() {
        int at = to - 1;
        while (at >= from && buffer[at] != '\n') {
            at--;
        }
        return at;
    }

    private void read() throws IOException {
        boolean tooLarge = buffer.length > BUFFER && to - from < BUFFER / 2;
        if (to == buffer.length || tooLarge) {
            makeRoom();
        }
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            ended = true;
        } else {
            to += count;
        }
    }

    private void makeRoom() {
        int length = to - from;
        if (length > longest) {
            throw headRead ? lines.tooLong() : new Refused(new BodyTooLarge(longest));
        }
        var old = buffer;
        if (length > buffer.length / 2) {
            int more = Math.max(0, Math.min(buffer.length, longest + BUFFER - buffer.length));
            hold.grow(more);
            buffer = new byte[buffer.length + more];
        } else if (buffer.length > BUFFER && length < BUFFER / 2) {
            hold.shrink(buffer.length - BUFFER);
            buffer = new byte[BUFFER];
        }
        System.arraycopy(old, from, buffer, 0, length);
        seen -= from;
        from = 0;
        to = length;
    }
}
