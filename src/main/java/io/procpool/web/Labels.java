package io.procpool.web;

import io.procpool.payload.SlicedObject;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Labels as clients may give them. */
final class Labels {
    static final int MOST = 32;
    static final int LONGEST_VALUE = 255;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]{1,63}");
    private static final int SHOWN = 80;

    private Labels() {}

    /** The field {@code labels}, which is there. */
    static Map<String, String> read(SlicedObject body) {
        var given = body.object("labels");
        if (given.names().size() > MOST) {
            throw bad("may have " + MOST + " members, not " + given.names().size());
        }
        var labels = new LinkedHashMap<String, String>();
        given.names().forEach(name -> labels.put(name(name), value(given, name)));
        return labels;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static String name(String name) {
        if (!isName(name)) {
            throw bad(
                    "has the name \""
                            + name.substring(0, Math.min(name.length(), SHOWN))
                            + "\": names are 1 to 63 letters, digits and _ . - /");
        }
        return name;
    }

    private static String value(SlicedObject labels, String name) {
        var value =
                switch (labels.kind(name)) {
                    case STRING -> labels.string(name).orElseThrow();
                    default ->
                            throw bad(
                                    "must have texts as values, and that of " + name + " is none");
                };
        if (value.codePointCount(0, value.length()) > LONGEST_VALUE) {
            throw bad("has a value longer than " + LONGEST_VALUE + " characters: " + name);
        }
        // Half of a pair has no form in UTF-8, and what can't be seen can't be looked for.
        if (value.codePoints().anyMatch(Labels::unfit)) {
            throw bad("has a value with a control character or half a surrogate pair: " + name);
        }
        return value;
    }

    private static boolean unfit(int character) {
        return Character.isISOControl(character)
                || Character.getType(character) == Character.SURROGATE;
    }

    private static Refused bad(String what) {
        return new Refused(new BadRequest("The field \"labels\" " + what + "."));
    }
}
