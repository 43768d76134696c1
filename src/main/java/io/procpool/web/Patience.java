package io.procpool.web;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How long a client wants to wait: {@code ?wait=}, {@code ?timeout=}, or the Prefer header (RFC 7240). */
final class Patience {
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** For somebody who said nothing: as long as it takes. Tasks have time limits of their own. */
    static final Duration ENDLESS = Duration.ofDays(365);

    private static final String ASYNC = "respond-async";
    private static final double MOST_SECONDS = Duration.ofDays(365).toSeconds();

    private Patience() {}

    /**
     * What a request says.
     *
     * @param patience empty: nothing
     * @param applied what the answer's Preference-Applied header has to say, null: nothing
     */
    record Wish(Optional<Duration> patience, @Nullable String applied) {}

    /** {@code ?wait=} before {@code Prefer: wait=}; {@code respond-async} alone is no patience at all. */
    static Wish wish(HttpServletRequest request) {
        var asked = parameter(request, "wait");
        if (asked.isPresent()) {
            return new Wish(asked, null);
        }
        var async = false;
        Optional<Duration> wait = Optional.empty();
        for (var header : Collections.list(request.getHeaders("Prefer"))) {
            for (var preference : preferences(header)) {
                var name = preference.strip().split("[;=]", 2)[0].strip().toLowerCase(Locale.ROOT);
                if (name.equals("respond-async")) {
                    async = true;
                } else if (name.equals("wait") && wait.isEmpty()) { // the first one counts
                    wait = Optional.of(preferredWait(preference));
                }
            }
        }
        if (wait.isPresent()) {
            return new Wish(
                    wait, (async ? "respond-async, " : "") + "wait=" + wait.get().toSeconds());
        }
        return async
                ? new Wish(Optional.of(Duration.ZERO), "respond-async")
                : new Wish(Optional.empty(), null);
    }

    /**
     * Whether a stream is to be answered at once and fetched later: by {@code ?wait=0}, {@code Prefer: respond-async} or {@code Prefer: wait=0}. There is nothing
     * else to wait for: a stream begins at once.
     */
    static boolean none(HttpServletRequest request, HttpServletResponse response) {
        var wish = wish(request);
        var applied = wish.applied();
        if (applied == null) {
            if (wish.patience().isPresent() && !wish.patience().get().isZero()) {
                throw new Refused(
                        new BadRequest("?wait= of a stream can only be 0: it begins at once"));
            }
            return wish.patience().isPresent();
        }
        boolean async = applied.startsWith(ASYNC);
        if (!async && !wish.patience().orElse(ENDLESS).isZero()) {
            return false;
        }
        response.setHeader("Preference-Applied", async ? ASYNC : applied);
        return true;
    }

    /** What stands between the commas that are not within quotes. */
    private static List<String> preferences(String header) {
        var preferences = new ArrayList<String>();
        var quoted = false;
        int from = 0;
        for (int at = 0; at < header.length(); at++) {
            quoted ^= header.charAt(at) == '"';
            if (header.charAt(at) == ',' && !quoted) {
                preferences.add(header.substring(from, at));
                from = at + 1;
            }
        }
        preferences.add(header.substring(from));
        return preferences;
    }

    /** Whole seconds (RFC 7240 section 4.3). */
    private static Duration preferredWait(String preference) {
        var word =
                preference.split(";", 2)[0]; // what follows are parameters, which wait has none of
        var value = word.substring(word.indexOf('=') + 1).strip().replace("\"", "");
        if (!value.matches("\\d{1,9}")) {
            throw new Refused(
                    new BadRequest("Prefer: wait needs whole seconds, not '" + value + "'"));
        }
        return Duration.ofSeconds(Long.parseLong(value));
    }

    /** A query parameter of seconds; negative counts as 0, as in multiprocessing. */
    static Optional<Duration> parameter(HttpServletRequest request, String name) {
        var text = request.getParameter(name);
        if (text == null) {
            return Optional.empty();
        }
        try {
            double seconds = Double.parseDouble(text);
            if (Double.isNaN(seconds) || text.matches(".*[dDfF]")) { // Java's, not a day's
                throw new NumberFormatException();
            }
            return Optional.of(
                    Duration.ofNanos((long) (Math.clamp(seconds, 0, MOST_SECONDS) * 1e9)));
        } catch (NumberFormatException none) {
            throw new Refused(
                    new BadRequest("?" + name + "= needs a number of seconds, not '" + text + "'"));
        }
    }

    static Duration capped(Duration wanted) {
        return wanted.compareTo(LONGEST) < 0 ? wanted : LONGEST;
    }
}
