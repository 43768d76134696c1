package io.procpool.web;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One problem, rendered.
 *
 * @param slug the end of its type
 * @param members beside type, title, status and detail
 * @param retryAfter when it may be worth to ask again
 * @param allowed the methods of a 405
 */
record Rendered(
        int status,
        String slug,
        String title,
        String detail,
        Map<String, Object> members,
        @Nullable Duration retryAfter,
        List<String> allowed) {
    static final String TYPE_PREFIX = "urn:procpool:problem:";

    /** A message of an exception fits; a name of megabytes that a client has sent does not come back to it. */
    private static final int LONGEST_DETAIL = 20_000;

    Rendered(int status, String slug, String title, String detail) {
        this(status, slug, title, detail, Map.of(), null, List.of());
    }

    Rendered with(String name, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        var more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Rendered(status, slug, title, detail, more, retryAfter, allowed);
    }

    Rendered as(int other) {
        return new Rendered(other, slug, title, detail, members, retryAfter, allowed);
    }

    Rendered retry(Duration after) {
        return new Rendered(status, slug, title, detail, members, after, allowed);
    }

    Rendered allow(List<String> methods) {
        return new Rendered(status, slug, title, detail, members, retryAfter, methods);
    }

    /** The problem object, members in reading order. */
    Map<String, Object> body() {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", TYPE_PREFIX + slug);
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail.length() > LONGEST_DETAIL ? cut(detail) : detail);
        body.putAll(members);
        return body;
    }

    private static String cut(String text) {
        return text.substring(0, LONGEST_DETAIL) + "…";
    }
}
