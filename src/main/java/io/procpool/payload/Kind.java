package io.procpool.payload;

/** What a JSON value is; its first byte tells. */
public enum Kind {
    OBJECT("an object"),
    ARRAY("an array"),
    STRING("a string"),
    NUMBER("a number"),
    BOOLEAN("a boolean"),
    NULL("null");

    private final String words;

    Kind(String words) {
        this.words = words;
    }

    /** For sentences: {@code an object}, {@code null}. */
    String words() {
        return words;
    }

    /** The kind of a valid JSON value that begins with {@code first}. */
    static Kind of(byte first) {
        return switch (first) {
            case '{' -> OBJECT;
            case '[' -> ARRAY;
            case '"' -> STRING;
            case 't', 'f' -> BOOLEAN;
            case 'n' -> NULL;
            default -> NUMBER;
        };
    }
}
