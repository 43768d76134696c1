package io.procpool.payload;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the elements of an array that a function has returned, or of a part of one: a light scan that knows strings and brackets, and takes no
 * memory. What is in an element is not looked at: it is the function's. Not thread safe.
 */
public final class Elements {
    private final byte[] text;
    private final int origin;
    private final int to;
    private int at;
    private boolean broken;
    private boolean afterComma;
    private boolean lineFeeds;

    /** The element that was found last. */
    private int start;

    private int end;

    /** @param origin where the payload begins */
    private Elements(byte[] text, int origin, int from, int to) {
        this.text = text;
        this.origin = origin;
        this.at = from;
        this.to = to;
    }

    /** Null if {@code array} is no array of {@code expected} elements. */
    public static @Nullable Elements ofArray(Payload array, int expected) {
        var text = array.array();
        int end = array.offset() + array.size();
        int from = Offsets.pastSpace(text, array.offset(), end);
        int to = backOverSpace(text, from, end);
        if (to - from < 2 || text[from] != '[' || text[to - 1] != ']') {
            return null;
        }
        var counted = new Elements(text, array.offset(), from + 1, to - 1);
        int count = 0;
        while (count <= expected && counted.next()) {
            count++;
        }
        return counted.broken || count != expected
                ? null
                : new Elements(text, array.offset(), from + 1, to - 1);
    }

    /** Of what stands between the brackets, or a part of it that begins and ends with whole elements; a comma before the first is left out. */
    public static Elements within(Payload part) {
        var text = part.array();
        int to = part.offset() + part.size();
        int from = Offsets.pastSpace(text, part.offset(), to);
        boolean comma = from < to && text[from] == ',';
        return new Elements(text, part.offset(), comma ? from + 1 : from, to);
    }

    /** Goes to the next one, if there is any. */
    public boolean next() {
        int from = Offsets.pastSpace(text, at, to);
        if (broken || (from == to && !afterComma)) {
            return false;
        }
        start = from;
        int comma = comma(from);
        end = backOverSpace(text, start, comma);
        broken |= start == end;
        afterComma = comma < to;
        at = afterComma ? comma + 1 : to;
        return !broken;
    }

    /** The place of the comma behind the element at {@code from}, or the end of all. */
    private int comma(int from) {
        int depth = 0;
        lineFeeds = false;
        int place = from;
        while (place < to && (depth > 0 || text[place] != ',')) {
            switch (text[place]) {
                case '"' -> place = stringEnd(place);
                case '[', '{' -> depth++;
                case ']', '}' -> depth--;
                case '\n', '\r' -> lineFeeds = true;
                default -> {}
            }
            broken |= depth < 0 || place >= to;
            place++;
        }
        broken |= depth != 0;
        return Math.min(place, to);
    }

    private int stringEnd(int open) {
        int place = open + 1;
        while (place < to && text[place] != '"') {
            lineFeeds |= text[place] == '\n' || text[place] == '\r';
            place += text[place] == '\\' ? 2 : 1;
        }
        return place;
    }

    private static int backOverSpace(byte[] text, int from, int to) {
        int place = to;
        while (place > from && Offsets.isSpace(text[place - 1])) {
            place--;
        }
        return place;
    }

    /** Where the element's text begins, from the first byte of the payload. */
    public int start() {
        return start - origin;
    }

    /** Bytes of the element's text. */
    public int length() {
        return end - start;
    }

    /** Writes the text of the element in one line: line feeds and carriage returns in it become blanks. */
    public void writeLine(OutputStream out) throws IOException {
        if (!lineFeeds) {
            out.write(text, start, end - start);
            return;
        }
        var line = Arrays.copyOfRange(text, start, end);
        for (int place = 0; place < line.length; place++) {
            if (line[place] == '\n' || line[place] == '\r') {
                line[place] = ' ';
            }
        }
        out.write(line);
    }
}
