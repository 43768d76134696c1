package io.procpool.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.job.Request;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.NotSupported;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what a request that is sent again has in common with the first one. The draft has the key in
 * quotes, most clients send it without: both are the same key.
 */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";

    /** Of an answer that was given before, to the same request. */
    static final String REPLAYED = "Idempotent-Replayed";

    private static final int LONGEST = 255;

    private static final Pattern BARE = Pattern.compile("[!-~&&[^\"]][!-~]*");
    private static final Pattern QUOTED =
            Pattern.compile("\"((?:[!-~&&[^\"\\\\]]|\\\\[\"\\\\])+)\"");

    private IdempotencyKey() {}

    static boolean isIn(HttpServletRequest request) {
        return request.getHeader(HEADER) != null;
    }

    /**
     * What makes this request the one that it is.
     *
     * @param body as it came
     * @return null: it has no key
     * @throws Refused if its key is none
     */
    static @Nullable Request of(HttpServletRequest request, byte[] body) {
        var key = text(request);
        return key == null
                ? null
                : new Request(
                        key,
                        fingerprint(
                                request.getMethod(),
                                request.getRequestURI(),
                                queryWithoutWait(request),
                                body));
    }

    /**
     * To know before a body is read whether its key is one.
     *
     * @throws Refused if there is one that is none
     */
    static void check(HttpServletRequest request) {
        var _ = text(request);
    }

    private static @Nullable String text(HttpServletRequest request) {
        var all = Collections.list(request.getHeaders(HEADER));
        if (all.isEmpty()) {
            return null;
        }
        var given = all.getFirst().strip();
        var quoted = QUOTED.matcher(given);
        var key = quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : given;
        boolean wellFormed = quoted.matches() || BARE.matcher(given).matches();
        if (all.size() > 1 || !wellFormed || key.length() > LONGEST) {
            throw new Refused(
                    new BadRequest(
                            HEADER
                                    + " must be one text of 1 to "
                                    + LONGEST
                                    + " visible ASCII characters, with quotes around it or without."));
        }
        return key;
    }

    /** The same for a request that is known by the id that its client has chosen. */
    static String fingerprint(String method, String path, String query, byte[] body) {
        var digest = sha256();
        digest.update((method + "\n" + path + "\n" + query + "\n").getBytes(UTF_8));
        return HexFormat.of().formatHex(digest.digest(body));
    }

    /** How long a client waits is not what it asks for: it may be more patient the second time. */
    private static String queryWithoutWait(HttpServletRequest request) {
        var query = request.getQueryString();
        return query == null
                ? ""
                : Arrays.stream(query.split("&"))
                        .filter(parameter -> !parameter.startsWith("wait="))
                        .collect(Collectors.joining("&"));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has it
        }
    }

    /** For requests that come to the same however often they are sent. */
    static void refuse(HttpServletRequest request) {
        if (isIn(request)) {
            throw new Refused(
                    new NotSupported("The header " + HEADER + " with " + request.getMethod()));
        }
    }

    /** For bodies that are not read whole before they are acted on. */
    static void refuseWithLines(HttpServletRequest request) {
        if (isIn(request)) {
            throw new Refused(
                    new BadRequest(HEADER + " can't be used with JSON lines: send one JSON body."));
        }
    }
}
