package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** The sentences that refuse a body because of its JSON: what is wrong, and where. */
final class Malformed {
    private static final int LONGEST = 300;

    /** Where the parser's messages begin to talk about its own settings and sources. */
    private static final List<String> ASIDES =
            List.of(
                    ": enable `",
                    ": maybe a (non-",
                    " (for ",
                    " (start marker",
                    " (consider",
                    "[Source",
                    "`");

    private Malformed() {}

    static Refused at(byte[] body, int at, String what) {
        return new Refused(new BadRequest(what + ", at " + Offsets.place(body, at) + "."));
    }

    /** What the parser refused in the text from {@code from} to {@code to}. */
    static Refused by(JacksonException fault, byte[] body, int from, int to) {
        long offset = Math.max(0, fault.getLocation().getCharOffset());
        int at = (int) Math.min(from + offset, to);
        String message = fault.getOriginalMessage();
        if (fault instanceof UnexpectedEndOfInputException
                || message.startsWith("Unexpected end-of-input")) {
            return at(body, to, "The body is not valid JSON: it ends too early");
        }
        return at(body, at, "The body is not valid JSON: " + plain(message));
    }

    private static String plain(String message) {
        int end = Math.min(message.length(), LONGEST);
        for (String aside : ASIDES) {
            int begin = message.indexOf(aside);
            end = begin < 0 ? end : Math.min(end, begin);
        }
        // The parser saw the bytes as Latin-1 characters: beyond ASCII they are not what the client
        // sent.
        String ascii = message.substring(0, end).replaceAll("[^\\x20-\\x7E]", "?");
        return ascii.isEmpty()
                ? "unexpected text"
                : Character.toLowerCase(ascii.charAt(0)) + ascii.substring(1);
    }
}
