package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.BodyTooLarge;
import io.procpool.problem.Refused;
import java.security.SecureRandom;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Cuts a JSON body into its fields without reading their values: what is valid passes byte for byte, numbers and strings
 * of any length included. The whole body is held to RFC 8259 in strict UTF-8, to no name twice in one object, and to the
 * {@link Limits}. Thread safe.
 */
public final class Slicer {
    /** Lengths are held to by the body's own; nesting by {@link Pass}, which can say where it is. */
    private static final StreamReadConstraints NO_CONSTRAINTS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build();

    private final JsonFactory factory =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(NO_CONSTRAINTS)
                    .build();
    private final long hashKey = new SecureRandom().nextLong();
    private final Limits limits;

    public Slicer(Limits limits) {
        this.limits = limits;
    }

    /**
     * Cuts the body, and in the same pass the elements of its field {@code iterable}, if that is an array.
     *
     * @param body becomes part of what is returned: it must not change any more
     * @throws Refused with {@link BodyTooLarge}, or with {@link BadRequest} if the body is not one valid JSON object
     */
    public SlicedObject slice(byte[] body) {
        require(body, '{', "a JSON object");
        return sliceObject(body, 0, body.length);
    }

    /**
     * Cuts a body that is an array into its elements.
     *
     * @param body becomes part of what is returned: it must not change any more
     * @throws Refused as {@link #slice}
     */
    public Items sliceArray(byte[] body) {
        require(body, '[', "a JSON array");
        return sliceArray(body, 0, body.length);
    }

    /**
     * Cuts an array that stands by itself.
     *
     * @throws Refused if it is no valid JSON array
     */
    public Items sliceArray(Payload array) {
        int from = array.offset();
        return sliceArray(array.array(), from, from + array.size());
    }

    private void require(byte[] body, char first, String what) {
        if (body.length > limits.maxBytes()) {
            throw new Refused(new BodyTooLarge(limits.maxBytes()));
        }
        Utf8.require(body);
        int start = Offsets.pastSpace(body, 0, body.length);
        if (start == body.length) {
            throw new Refused(new BadRequest("The body is empty; it must be " + what + "."));
        }
        if (body[start] != first) {
            throw Malformed.at(
                    body, start, "The body must be " + what + ", which begins with " + first);
        }
    }

    /** Cuts an object; where it was part of a body it is known to be valid. */
    SlicedObject sliceObject(byte[] body, int from, int to) {
        return new SlicedObject(this, body, pass(body, from, to).fields());
    }

    /**
     * Cuts the array that lines of JSON were joined to.
     *
     * @throws Refused if it is no valid JSON array
     */
    Items sliceJoined(byte[] array, int length) {
        return Objects.requireNonNull(pass(array, 0, length).items());
    }

    /**
     * Checks one value by itself.
     *
     * @throws Refused if it is not one valid JSON value in UTF-8; the sentences call it the body
     */
    public void check(Payload value) {
        int from = value.offset();
        check(value.array(), from, from + value.size());
    }

    /** As {@link #check(Payload)}. */
    void check(byte[] text, int from, int to) {
        int invalid = Utf8.firstInvalid(text, from, to);
        if (invalid >= 0) {
            throw Malformed.at(text, invalid, "The body is not valid UTF-8");
        }
        pass(text, from, to);
    }

    /**
     * Cuts an array that stands by itself.
     *
     * @throws Refused if it is no valid JSON array
     */
    public Items sliceArray(Payload array) {
        int from = array.offset();
        return sliceArray(array.array(), from, from + array.size());
    }

    /** Cuts an array that was part of a body. */
    Items sliceArray(byte[] body, int from, int to) {
        return Objects.requireNonNull(pass(body, from, to).items());
    }

    private Pass pass(byte[] body, int from, int to) {
        var names = new OpenNames(body, hashKey);
        var text = new Latin1(body, from, to);
        try (var parser = factory.createParser(ObjectReadContext.empty(), text)) {
            return new Pass(parser, body, from, to, limits, names).run();
        } catch (JacksonException fault) {
            throw Malformed.by(fault, body, from, to);
        }
    }
}
