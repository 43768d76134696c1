package io.procpool.payload;

/** Steps from one place of a JSON text to another. All but {@link #pastSpace} and {@link #place} need valid JSON. */
final class Offsets {
    private Offsets() {}

    /** The first place at or after {@code at} that is not white space, at most {@code to}. */
    static int pastSpace(byte[] text, int at, int to) {
        int place = at;
        while (place < to && isSpace(text[place])) {
            place++;
        }
        return place;
    }

    /**
     * Where the value ends that comes before {@code next}, the start of the next element or the closing bracket. No
     * value ends in white space or in a comma, so what stands between can be told from it backwards. (The parser itself
     * knows the end of a string only after it has decoded and copied all of it.)
     */
    static int endBefore(byte[] text, int next) {
        int end = backOverSpace(text, next);
        return text[end - 1] == ',' ? backOverSpace(text, end - 1) : end;
    }

    private static int backOverSpace(byte[] text, int end) {
        int place = end;
        while (isSpace(text[place - 1])) {
            place--;
        }
        return place;
    }

    /** The place of the quote that closes the string whose opening quote is at {@code open}. */
    static int closingQuote(byte[] text, int open) {
        int at = open + 1;
        while (text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    /** For people: {@code line 2, column 7 (byte 31)}; lines and columns (in characters) from 1, bytes from 0. */
    static String place(byte[] text, int at) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < at; i++) {
            if (text[i] == '\n') {
                line++;
                column = 1;
            } else if ((text[i] & 0xC0) != 0x80) {
                column++;
            }
        }
        return "line " + line + ", column " + column + " (byte " + at + ")";
    }

    static boolean isSpace(byte value) {
        return value == ' ' || value == '\n' || value == '\r' || value == '\t';
    }
}
