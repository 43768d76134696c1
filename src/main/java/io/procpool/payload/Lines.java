package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns lines of JSON, one value each, into items. Many lines are checked in one pass: joined with commas they must be an array whose
 * elements begin exactly where the lines do. (Between the beginnings of two neighbouring elements there is one separating comma: it
 * is ours then, and no line can hold two values or a part of one.) Only if that fails is each line looked at, to say which it is. Not
 * thread safe.
 */
final class Lines {
    private static final Pattern OF_ONE_LINE = Pattern.compile("line 1, | \\(byte \\d+\\)");

    private final int longest;
    private final Slicer arrays;
    private final Slicer values;
    private long number;
    private @Nullable Refused refused;

    /** @param limits of each line; a value may nest as deep as an element of an array that is a whole body */
    Lines(Limits limits) {
        this.longest = limits.maxBytes();
        this.arrays = new Slicer(limits);
        this.values = new Slicer(new Limits(longest, Math.max(1, limits.maxNesting() - 1)));
    }

    /** A line that is not to be an item has come. */
    void skipped() {
        number++;
    }

    /** @throws Refused {@link BadRequest} if a bad line comes after all that {@link #items} has returned */
    void refuse() {
        if (refused != null) {
            throw refused;
        }
    }

    Refused tooLong() {
        return bad(number + 1, "it is longer than " + longest + " bytes.");
    }

    /**
     * The items of the lines in {@code text}, up to the first that is not one JSON value; that one is to be {@link #refuse refused} next. Empty
     * lines are left out. The text is copied.
     *
     * @param to where a line ends: behind its line feed, or at the end of the last one that has none
     */
    Items items(byte[] text, int from, int to) {
        var array = new byte[to - from + 2];
        var starts = new int[16];
        int count = 0;
        int lines = 0;
        int length = 1;
        var tooLong = false;
        array[0] = '[';
        for (int at = from; at < to; lines++) {
            int feed = feed(text, at, to);
            int first = Offsets.pastSpace(text, at, feed);
            if (first < feed) {
                if (count > 0) {
                    array[length++] = ',';
                }
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, count * 2);
                }
                starts[count++] = length;
                System.arraycopy(text, first, array, length, feed - first);
                length += feed - first;
                tooLong |= feed - first > longest;
            }
            at = feed + 1;
        }
        array[length++] = ']';
        var items = tooLong ? null : sliced(array, length, starts, count);
        if (items == null) {
            return items(text, from, badLine(text, from, to));
        }
        number += lines;
        return items;
    }

    private @Nullable Items sliced(byte[] array, int length, int[] starts, int count) {
        if (Utf8.firstInvalid(array, 0, length) >= 0) {
            return null;
        }
        try {
            var items = arrays.sliceJoined(array, length);
            return items.beginAt(starts, count) ? items : null;
        } catch (Refused bad) {
            return null;
        }
    }

    /** Where it begins; what is wrong with it is to be told next. */
    private int badLine(byte[] text, int from, int to) {
        long line = number;
        for (int at = from; at < to; at = feed(text, at, to) + 1) {
            line++;
            int feed = feed(text, at, to);
            try {
                check(text, at, feed, line);
            } catch (Refused bad) {
                refused = bad;
                return at;
            }
        }
        throw new IllegalStateException("no line is bad, all of them are");
    }

    private void check(byte[] text, int from, int to, long line) {
        int first = Offsets.pastSpace(text, from, to);
        if (to - first > longest) {
            throw bad(line, "it is longer than " + longest + " bytes.");
        }
        var alone = new byte[to - first + 2];
        alone[0] = '[';
        alone[alone.length - 1] = ']';
        System.arraycopy(text, first, alone, 1, to - first);
        if (first == to || sliced(alone, alone.length, new int[] {1}, 1) != null) {
            return;
        }
        try {
            values.check(Arrays.copyOfRange(text, from, to), 0, to - from);
        } catch (Refused why) {
            throw why.problem() instanceof BadRequest(var detail) ? bad(line, detail) : why;
        }
        throw bad(line, "it is not one JSON value.");
    }

    private static Refused bad(long line, String detail) {
        var said = OF_ONE_LINE.matcher(detail.replaceFirst("^The body", "it")).replaceAll("");
        return new Refused(new BadRequest("Line " + line + ": " + said));
    }

    /** The place of the next line feed, or {@code to}. */
    static int feed(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] != '\n') {
            at++;
        }
        return at;
    }
}
