package io.procpool.web;

import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.LimitSettings;
import io.procpool.payload.Limits;
import io.procpool.payload.LineBody;
import io.procpool.payload.LineReader;
import io.procpool.payload.SlicedObject;
import io.procpool.payload.Slicer;
import io.procpool.problem.Refusal.BodyTooLarge;
import io.procpool.problem.Refusal.WrongMediaType;
import io.procpool.problem.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Reads JSON bodies, whole, within the limits. */
@Component
final class Bodies {
    private static final int FIRST_GUESS = 8 * 1024;

    private static final MediaType LINES = MediaType.parseMediaType("application/x-ndjson");

    private final Slicer slicer;
    private final Limits limits;
    private final int limit;
    private final InFlight inFlight;

    Bodies(LimitSettings limits, InFlight inFlight) {
        this.slicer = new Slicer(limits.json());
        this.limits = limits.json();
        this.limit = limits.json().maxBytes();
        this.inFlight = inFlight;
    }

    InFlight.Hold hold() {
        return inFlight.hold();
    }

    /**
     * A JSON object.
     *
     * @param hold grows with what is read
     * @throws Refused if the body is not JSON in UTF-8, or too large
     */
    SlicedObject read(HttpServletRequest request, InFlight.Hold hold) throws IOException {
        return read(request, hold, MediaType.APPLICATION_JSON);
    }

    /** The same for JSON that goes by another name. */
    SlicedObject read(HttpServletRequest request, InFlight.Hold hold, MediaType wanted)
            throws IOException {
        require(wanted, request);
        return slicer.slice(bytes(request, hold));
    }

    /** What {@link #bytes} has read as a JSON object. */
    SlicedObject object(byte[] body) {
        return slicer.slice(body);
    }

    /** What {@link #bytes} has read as a JSON array. */
    Items array(byte[] body) {
        return slicer.sliceArray(body);
    }

    /** What {@link #bytes} has read as JSON lines: an object, then items. */
    LineBody lines(byte[] body) {
        return LineBody.of(body, limits);
    }

    /** Looks at the headers alone: before anything asks for a parameter, which would read a form. */
    static void requireJson(HttpServletRequest request) {
        require(MediaType.APPLICATION_JSON, request);
    }

    /** Looks at the headers alone, as {@link #requireJson}: whether the body is JSON lines instead. */
    static boolean isLines(HttpServletRequest request) {
        var type = request.getContentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(LINES.toString())) {
            requireJson(request);
            return false;
        }
        require(LINES, request);
        return true;
    }

    /**
     * The lines of a body as they come.
     *
     * @param hold grows with the memory that reading takes
     */
    LineReader lines(HttpServletRequest request, InFlight.Hold hold) throws IOException {
        return new LineReader(request.getInputStream(), limits, hold);
    }

    private static void require(MediaType wanted, HttpServletRequest request) {
        var type = request.getContentType();
        if (request.getHeader("Content-Encoding") != null) {
            throw new Refused(
                    new WrongMediaType(
                            "encoded with " + request.getHeader("Content-Encoding"), "plain JSON"));
        }
        if (wanted.toString().equals(type)) {
            return;
        }
        try {
            var parsed = type == null ? null : MediaType.parseMediaType(type);
            if (parsed != null
                    && parsed.equalsTypeAndSubtype(wanted)
                    && (parsed.getCharset() == null
                            || StandardCharsets.UTF_8.equals(parsed.getCharset()))) {
                return;
            }
        } catch (InvalidMediaTypeException malformed) {
            // falls through: it is not JSON either
        }
        throw new Refused(
                new WrongMediaType(
                        type == null ? "without a content type" : type, wanted + " in UTF-8"));
    }

    /** All of a body as it comes, within the limits. Of which kind it is was looked at. */
    byte[] bytes(HttpServletRequest request, InFlight.Hold hold) throws IOException {
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            throw new Refused(new BodyTooLarge(limit));
        }
        var in = request.getInputStream();
        var bytes = new byte[announced >= 0 ? (int) announced : FIRST_GUESS];
        hold.grow(bytes.length);
        int length = 0;
        while (true) {
            int count = in.read(bytes, length, bytes.length - length);
            length += Math.max(count, 0);
            if (count < 0 || length == announced) {
                return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
            }
            if (length == bytes.length) {
                if (length > limit) {
                    throw new Refused(new BodyTooLarge(limit));
                }
                int more = (int) Math.min((long) length, limit + 1L - length);
                hold.grow(more);
                bytes = Arrays.copyOf(bytes, length + more);
            }
        }
    }
}
