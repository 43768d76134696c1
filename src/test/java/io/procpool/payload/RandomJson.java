package io.procpool.payload;

import java.util.HashSet;
import java.util.Random;

/** Random valid JSON texts with all that a client may write: escapes, white space, long numbers, any script. */
final class RandomJson {
    private static final String[] SPACES = {"", "", "", " ", "\n", "\t \r\n  "};
    private static final String[] NUMBERS = {
        "0", "-0", "1e400", "-1.5E-7", "123456789012345678901234567890"
    };
    private static final String[] CHARACTERS = {
        "a",
        "Z",
        "0",
        " ",
        "é",
        "ß",
        "漢",
        "😀",
        "\\\"",
        "\\\\",
        "\\/",
        "\\n",
        "\\u0041",
        "\\ud83d\\ude00",
        "\\ud800",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\u2028",
        "\u007f"
    };

    private final Random random;

    RandomJson(long seed) {
        this.random = new Random(seed);
    }

    String object(int depth) {
        var text = new StringBuilder("{").append(space());
        var names = new HashSet<String>();
        int size = random.nextInt(12) == 0 ? random.nextInt(60) : random.nextInt(6);
        for (int i = 0; i < size; i++) {
            String name = random.nextInt(20) == 0 ? "\"iterable\"" : string();
            if (names.add(JsonText.unquote(Payload.ofUtf8(name)))) {
                text.append(names.size() > 1 ? "," : "")
                        .append(space())
                        .append(name)
                        .append(space())
                        .append(':');
                text.append(space()).append(value(depth)).append(space());
            }
        }
        return text.append('}').toString();
    }

    String array(int depth) {
        var text = new StringBuilder("[").append(space());
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(space()).append(value(depth)).append(space()).append(i > 1 ? "," : "");
        }
        return text.append(']').toString();
    }

    String value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0, 1 -> string();
            case 2 -> NUMBERS[random.nextInt(NUMBERS.length)];
            case 3 -> Long.toString(random.nextLong());
            case 4 -> new String[] {"true", "false", "null"}[random.nextInt(3)];
            case 5, 6 -> object(depth - 1);
            default -> array(depth - 1);
        };
    }

    String space() {
        return SPACES[random.nextInt(SPACES.length)];
    }

    private String string() {
        var text = new StringBuilder("\"");
        int length = random.nextInt(40) == 0 ? random.nextInt(9000) : random.nextInt(10);
        for (int i = 0; i < length; i++) {
            text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return text.append('"').toString();
    }
}
