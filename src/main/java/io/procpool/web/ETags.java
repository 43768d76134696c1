package io.procpool.web;

import java.util.Arrays;

/** Comparison of entity tags (RFC 9110 section 8.8.3). */
final class ETags {
    private ETags() {}

    static String of(long version) {
        return "\"" + version + "\"";
    }

    /** Whether an If-Match or If-None-Match header names {@code current}; {@code "none"} stands for what is not there. */
    static boolean matches(String header, String current) {
        if (header.strip().equals("*")) {
            return !current.equals("none");
        }
        return Arrays.stream(header.split(",", -1))
                .map(tag -> tag.strip().replaceFirst("^W/", ""))
                .anyMatch(current::equals);
    }
}
