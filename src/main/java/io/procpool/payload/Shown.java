package io.procpool.payload;

/** A part of a body as a sentence may show it. */
final class Shown {
    private static final int LONGEST = 60;

    private Shown() {}

    /** The text on one line, cut after some 60 characters. */
    static String of(Payload json) {
        String text = json.slice(0, Math.min(json.size(), 4 * LONGEST)).utf8();
        boolean whole = json.size() <= 4 * LONGEST && text.length() <= LONGEST;
        String line = text.substring(0, Math.min(text.length(), LONGEST)).replaceAll("\\s+", " ");
        return whole ? line : line + "…";
    }
}
