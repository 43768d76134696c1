package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The fields of one JSON object as places in the body that holds it. A reader that finds another type than it is asked
 * for throws {@link Refused} with a {@link BadRequest} that names the field, what it must be and what is there. To the
 * readers of optional fields a JSON null is the same as no field; {@link #isNull} tells them apart.
 */
public final class SlicedObject {
    /** Ten years of 365 days: the longest duration that {@link #seconds} takes. */
    private static final double LONGEST_SECONDS = 315_360_000;

    /** No number that a reader takes needs more characters; so none has to convert megabytes of digits. */
    private static final int LONGEST_NUMBER = 100;

    private final Slicer slicer;
    private final byte[] body;
    private final Map<String, Pass.Field> fields;

    SlicedObject(Slicer slicer, byte[] body, Map<String, Pass.Field> fields) {
        this.slicer = slicer;
        this.body = body;
        this.fields = fields;
    }

    /** In the order of the body. */
    public Set<String> names() {
        return Collections.unmodifiableSet(fields.keySet());
    }

    /** Whether the field is there, be it null. */
    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /** Whether the field is there and is null. */
    public boolean isNull(String name) {
        return has(name) && kind(name) == Kind.NULL;
    }

    /**
     * What the field's value is.
     *
     * @throws Refused if there is no such field
     */
    public Kind kind(String name) {
        return Kind.of(body[field(name).start()]);
    }

    /**
     * The field's value as it was sent, without the white space around it.
     *
     * @throws Refused if there is no such field
     */
    public Payload raw(String name) {
        var field = field(name);
        return Payload.of(body, field.start(), field.end());
    }

    /** The text of a JSON string; an escaped lone surrogate stays one. */
    public Optional<String> string(String name) {
        return value(name, Kind.STRING, "a string").map(JsonText::unquote);
    }

    /** {@code true} or {@code false}. */
    public Optional<Boolean> bool(String name) {
        return value(name, Kind.BOOLEAN, "true or false").map(text -> text.size() == 4);
    }

    /** An integer from {@code min} to {@code max}, written without fraction and exponent. */
    public OptionalInt integer(String name, int min, int max) {
        String wanted = "an integer from " + min + " to " + max;
        var text = value(name, Kind.NUMBER, wanted);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            long number = Long.parseLong(number(name, text.get(), wanted));
            if (number >= min && number <= max) {
                return OptionalInt.of((int) number);
            }
        } catch (NumberFormatException noInteger) {
            throw refused(name, wanted);
        }
        throw refused(name, wanted);
    }

    /** A duration in seconds, from 0 to ten years, fractions allowed. */
    public OptionalDouble seconds(String name) {
        String wanted = "a number of seconds from 0 to " + (long) LONGEST_SECONDS;
        var text = value(name, Kind.NUMBER, wanted);
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        double seconds =
                Double.parseDouble(number(name, text.get(), wanted)) + 0.0; // -0.0 becomes 0.0
        if (seconds >= 0 && seconds <= LONGEST_SECONDS) {
            return OptionalDouble.of(seconds);
        }
        throw refused(name, wanted);
    }

    /** The texts of an array of strings; empty if there is no such field or it is null. */
    public List<String> strings(String name) {
        String wanted = "an array of strings";
        if (value(name, Kind.ARRAY, wanted).isEmpty()) {
            return List.of();
        }
        var items = items(name);
        var strings = new ArrayList<String>(items.size());
        for (int i = 0; i < items.size(); i++) {
            var item = items.item(i);
            if (item.array()[item.offset()] != '"') {
                throw refused(name, wanted);
            }
            strings.add(JsonText.unquote(item));
        }
        return Collections.unmodifiableList(strings);
    }

    /**
     * The field's value cut into its own fields, by a pass of its own.
     *
     * @throws Refused if it is missing or no object
     */
    public SlicedObject object(String name) {
        var field = required(name, Kind.OBJECT);
        return slicer.sliceObject(body, field.start(), field.end());
    }

    /**
     * The elements of an array. Those of the body's field {@code iterable} are known, any other array takes a pass of its
     * own.
     *
     * @throws Refused if it is missing or no array
     */
    public Items items(String name) {
        var field = required(name, Kind.ARRAY);
        var known = field.items();
        return known != null ? known : slicer.sliceArray(body, field.start(), field.end());
    }

    private Pass.Field field(String name) {
        var field = fields.get(name);
        if (field == null) {
            throw new Refused(new BadRequest("The field \"" + name + "\" is missing."));
        }
        return field;
    }

    private Pass.Field required(String name, Kind kind) {
        var field = field(name);
        if (kind(name) != kind) {
            throw refused(name, kind.words());
        }
        return field;
    }

    private Optional<Payload> value(String name, Kind kind, String wanted) {
        if (!has(name) || isNull(name)) {
            return Optional.empty();
        }
        if (kind(name) != kind) {
            throw refused(name, wanted);
        }
        return Optional.of(raw(name));
    }

    private String number(String name, Payload text, String wanted) {
        if (text.size() > LONGEST_NUMBER) {
            throw refused(name, wanted);
        }
        return text.utf8();
    }

    private Refused refused(String name, String wanted) {
        var kind = kind(name);
        String found =
                switch (kind) {
                    case NUMBER, BOOLEAN, STRING -> Shown.of(raw(name));
                    case OBJECT, ARRAY, NULL -> kind.words();
                };
        return new Refused(
                new BadRequest(
                        "The field \""
                                + name
                                + "\" must be "
                                + wanted
                                + ", but is "
                                + found
                                + "."));
    }
}
