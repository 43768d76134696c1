package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/** One pass over one object or array: checks all of it, notes where its fields are, and the items of one array. */
final class Pass {
    /** The field whose items are listed in the same pass, if it is an array. */
    private static final String LISTED = "iterable";

    private static final int LONGEST_NAME = 64 << 10;
    private static final int MOST_FIELDS = 10_000;
    private static final int NO_LEVEL = -1;

    private final byte[] body;
    private final int to;
    private final Limits limits;
    private final JsonParser parser;
    private final int base;
    private final OpenNames names;
    private final Map<String, Field> fields = new LinkedHashMap<>();

    private int depth;

    /** The open field of the outermost object, and where its value starts. */
    private @Nullable String field;

    private int valueStart;

    /** The items of the array that is listed, and the depth at which they stand while it is open. */
    private Items.@Nullable Builder listing;

    private @Nullable Items items;
    private int itemsDepth = NO_LEVEL;

    /** Where the value of a field is; {@code items} if it is the array whose items were asked for. */
    record Field(int start, int end, @Nullable Items items) {}

    /**
     * @param parser over the bytes of {@code body} from {@code from} to {@code to} as {@link Latin1}
     */
    Pass(JsonParser parser, byte[] body, int from, int to, Limits limits, OpenNames names) {
        this.parser = parser;
        this.body = body;
        this.base = from;
        this.to = to;
        this.limits = limits;
        this.names = names;
    }

    /** Reads all of it; then {@link #fields} and {@link #items} are there. */
    Pass run() {
        boolean scalar = false;
        do {
            switch (parser.nextToken()) {
                case START_OBJECT -> {
                    value();
                    enter();
                    names.open();
                }
                case START_ARRAY -> {
                    value();
                    enter();
                    list();
                }
                case PROPERTY_NAME -> name();
                case END_OBJECT -> {
                    endField();
                    names.close();
                    depth--;
                }
                case END_ARRAY -> {
                    endItems();
                    depth--;
                }
                case null -> throw endsTooEarly();
                default -> {
                    value();
                    scalar = depth == 0;
                }
            }
        } while (depth > 0);
        if (scalar) {
            // Its end is where the parser finds it.
            if (parser.nextToken() != null) {
                throw moreText(offset(), "value");
            }
            return this;
        }
        int end = Offsets.pastSpace(body, offset() + 1, to);
        if (end < to) {
            throw moreText(end, "object");
        }
        return this;
    }

    private Refused moreText(int at, String what) {
        return Malformed.at(
                body, at, "The body is not valid JSON: there is text after its " + what);
    }

    Map<String, Field> fields() {
        return fields;
    }

    /** Of the listed array; null if there was none. */
    @Nullable Items items() {
        return items;
    }

    private void value() {
        if (depth == itemsDepth && listing != null) {
            listing.add(offset());
        } else if (depth == 1) {
            valueStart = offset();
        }
    }

    private void enter() {
        if (++depth > limits.maxNesting()) {
            String what = "The body nests deeper than " + limits.maxNesting() + " levels";
            throw Malformed.at(body, offset(), what);
        }
    }

    private void list() {
        boolean wanted = depth == 1 || (depth == 2 && LISTED.equals(field));
        if (wanted && itemsDepth == NO_LEVEL) {
            listing = new Items.Builder(body);
            itemsDepth = depth;
        }
    }

    private void endItems() {
        if (depth == itemsDepth && listing != null) {
            items = listing.closedAt(offset());
            listing = null;
            itemsDepth = NO_LEVEL;
        }
    }

    private void name() {
        endField();
        int start = offset();
        int length = Offsets.closingQuote(body, start) - start - 1;
        if (length > LONGEST_NAME) {
            throw Malformed.at(
                    body, start, "A name in the body is longer than " + LONGEST_NAME + " bytes");
        }
        if (!names.add(start)) {
            throw Malformed.at(
                    body,
                    start,
                    "The name " + shown(start, length) + " comes twice in the same object");
        }
        if (depth == 1) {
            openField(start, length);
        }
    }

    private void openField(int start, int length) {
        if (fields.size() == MOST_FIELDS) {
            throw new Refused(
                    new BadRequest("The object has more than " + MOST_FIELDS + " fields."));
        }
        field = JsonText.unquote(Payload.of(body, start, start + length + 2));
    }

    /** Called at the name or the bracket that follows a field of the outermost object. */
    private void endField() {
        if (depth == 1 && field != null) {
            int end = Offsets.endBefore(body, offset());
            fields.put(field, new Field(valueStart, end, field.equals(LISTED) ? items : null));
            field = null;
        }
    }

    private String shown(int start, int length) {
        return Shown.of(Payload.of(body, start, start + length + 2));
    }

    /** Where the current token starts. */
    private int offset() {
        int offset = base + (int) parser.currentTokenLocation().getCharOffset();
        if (offset >= to) {
            // Where the text breaks off in the number after a name, the parser gives that name a
            // place beyond the end.
            throw endsTooEarly();
        }
        return offset;
    }

    private Refused endsTooEarly() {
        return Malformed.at(body, to, "The body is not valid JSON: it ends too early");
    }
}
