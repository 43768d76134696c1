package io.procpool.payload;

/** How deep a JSON text nests. */
public final class Nesting {
    private Nesting() {}

    /**
     * The most arrays and objects within each other: 0 for a scalar, 1 for {@code []}. One scan that knows strings and
     * escapes and checks nothing else: of a text that is not JSON it returns some number.
     */
    public static int depth(Payload json) {
        byte[] text = json.array();
        int end = json.offset() + json.size();
        int depth = 0;
        int deepest = 0;
        for (int at = json.offset(); at < end; at++) {
            switch (text[at]) {
                case '"' -> at = stringEnd(text, at, end);
                case '[', '{' -> deepest = Math.max(deepest, ++depth);
                case ']', '}' -> depth--;
                default -> {}
            }
        }
        return deepest;
    }

    private static int stringEnd(byte[] text, int open, int end) {
        int at = open + 1;
        while (at < end && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return at;
    }
}
