package io.procpool.payload;

/**
 * The outer form of a JSON text.
 *
 * @param depth the most arrays and objects within each other: 0 for a scalar, 1 for {@code []}
 * @param elements how many elements it has if it is an array, else {@link #NO_ARRAY}
 */
public record Nesting(int depth, int elements) {
    public static final int NO_ARRAY = -1;

    /** One scan that knows strings and escapes and checks nothing else: of a text that is not JSON it returns some numbers. */
    public static Nesting of(Payload json) {
        byte[] text = json.array();
        int end = json.offset() + json.size();
        int start = Offsets.pastSpace(text, json.offset(), end);
        int depth = 0;
        int deepest = 0;
        int commas = 0;
        for (int at = start; at < end; at++) {
            byte found = text[at];
            if (found > ',' && found < '[') {
                continue; // digits, capitals: the way past the switch makes up for the commas
            }
            switch (found) {
                case '"' -> at = stringEnd(text, at, end);
                case '[', '{' -> deepest = Math.max(deepest, ++depth);
                case ']', '}' -> depth--;
                case ',' -> commas += depth == 1 ? 1 : 0;
                default -> {}
            }
        }
        return new Nesting(deepest, elements(text, start, end, commas));
    }

    private static int elements(byte[] text, int start, int end, int commas) {
        if (start == end || text[start] != '[') {
            return NO_ARRAY;
        }
        int first = Offsets.pastSpace(text, start + 1, end);
        return commas == 0 && first < end && text[first] == ']' ? 0 : commas + 1;
    }

    private static int stringEnd(byte[] text, int open, int end) {
        int at = open + 1;
        while (at < end && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return at;
    }
}
