package io.procpool.web;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Comparison of entity tags (RFC 9110 section 8.8.3). */
final class ETags {
    private ETags() {}

    static String of(long version) {
        return "\"" + version + "\"";
    }

    /** Whether an If-None-Match header names {@code current}, weakly or not; {@code "none"} stands for what is not there. */
    static boolean matches(String header, String current) {
        return names(header, current, tag -> tag.replaceFirst("^W/", ""));
    }

    /** As {@link #matches}, for If-Match: a weak tag is like no other (RFC 9110 section 13.1.1). */
    static boolean matchesStrongly(String header, String current) {
        return names(header, current, UnaryOperator.identity());
    }

    private static boolean names(String header, String current, UnaryOperator<String> reading) {
        if (header.strip().equals("*")) {
            return !current.equals("none");
        }
        return Arrays.stream(header.split(",", -1))
                .map(String::strip)
                .map(reading)
                .anyMatch(current::equals);
    }
}
