package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriUtils;

/** The query parameters of one request, where none may be without effect. */
final class Parameters {
    private static final int DEFAULT_LIMIT = 100;
    private static final int HIGHEST_LIMIT = 1_000;

    private final HttpServletRequest request;

    /** @throws Refused if there is one that is not among {@code known} */
    Parameters(HttpServletRequest request, Set<String> known) {
        this.request = request;
        for (var name : request.getParameterMap().keySet()) {
            if (!known.contains(name)) {
                throw bad("There is no parameter ?" + name + "= here");
            }
        }
    }

    /** One that may be given once. */
    @Nullable String one(String name) {
        var values = all(name);
        if (values.size() > 1) {
            throw bad("?" + name + "= is given " + values.size() + " times");
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    List<String> all(String name) {
        var values = request.getParameterValues(name);
        return values == null ? List.of() : List.of(values);
    }

    @Nullable Instant time(String name) {
        var text = one(name);
        return text == null
                ? null
                : Rfc3339.of(text)
                        .orElseThrow(
                                () ->
                                        bad(
                                                "?"
                                                        + name
                                                        + "= is a time as RFC 3339 writes it, for example 2030-01-31T12:00:00Z"));
    }

    Optional<Boolean> flag(String name) {
        return switch (one(name)) {
            case null -> Optional.empty();
            case "false" -> Optional.of(false);
            case "true" -> Optional.of(true);
            default -> throw bad("?" + name + "= is true or false");
        };
    }

    /** How many a page may have. */
    int limit() {
        var text = one("limit");
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (!text.matches("\\d{1,4}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > HIGHEST_LIMIT) {
            throw bad("?limit= is from 1 to " + HIGHEST_LIMIT);
        }
        return Integer.parseInt(text);
    }

    /** Says in the head of an answer where the next page is (RFC 8288). */
    void linkNext(HttpServletResponse response, String cursor) {
        var query = request.getQueryString();
        var parts =
                Stream.concat(
                        Stream.of(query == null ? new String[0] : query.split("&", -1))
                                .filter(part -> !part.isEmpty() && !part.startsWith("cursor=")),
                        Stream.of("cursor=" + UriUtils.encode(cursor, UTF_8)));
        var next = request.getRequestURI() + "?" + parts.collect(Collectors.joining("&"));
        response.setHeader("Link", "<" + next + ">; rel=\"next\"");
    }

    static Refused bad(String detail) {
        return new Refused(new BadRequest(detail));
    }
}
