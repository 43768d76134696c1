package io.procpool.payload;

import java.util.HexFormat;

/** JSON strings to and from Java strings, for the few places that write JSON by hand. */
public final class JsonText {
    private JsonText() {}

    /**
     * {@code text} as a JSON string with its quotes. Lone surrogates become U+FFFD, as they have no UTF-8 form; control
     * characters are escaped, all else stands as it is.
     */
    public static String quote(String text) {
        var json = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(character -> append(json, character));
        return json.append('"').toString();
    }

    private static void append(StringBuilder json, int character) {
        switch (character) {
            case '"' -> json.append("\\\"");
            case '\\' -> json.append("\\\\");
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
                if (character < 0x20) {
                    json.append("\\u").append(HexFormat.of().toHexDigits((char) character));
                } else if (character >= Character.MIN_SURROGATE
                        && character <= Character.MAX_SURROGATE) {
                    json.append('\uFFFD');
                } else {
                    json.appendCodePoint(character);
                }
            }
        }
    }

    /** The text of a valid JSON string with its quotes; an escaped lone surrogate stays one. */
    static String unquote(Payload string) {
        String raw = string.slice(1, string.size() - 1).utf8();
        int escape = raw.indexOf('\\');
        if (escape < 0) {
            return raw;
        }
        var text = new StringBuilder(raw.length());
        int done = 0;
        while (escape >= 0) {
            text.append(raw, done, escape);
            char letter = raw.charAt(escape + 1);
            done = escape + (letter == 'u' ? 6 : 2);
            text.append(
                    letter == 'u'
                            ? (char) HexFormat.fromHexDigits(raw, escape + 2, done)
                            : unescaped(letter));
            escape = raw.indexOf('\\', done);
        }
        return text.append(raw, done, raw.length()).toString();
    }

    private static char unescaped(char letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> letter; // a quote, a backslash or a slash
        };
    }
}
