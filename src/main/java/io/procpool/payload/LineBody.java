package io.procpool.payload;

import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.BodyTooLarge;
import io.procpool.problem.Refused;
import java.util.Arrays;

/**
 * A whole body of JSON lines: an object, then items.
 *
 * @param head the first line that is not empty
 * @param items all the others
 */
public record LineBody(SlicedObject head, Items items) {

    /** @throws Refused {@link BadRequest} that names the bad line; {@link BodyTooLarge} */
    public static LineBody of(byte[] body, Limits limits) {
        if (body.length > limits.maxBytes()) {
            throw new Refused(new BodyTooLarge(limits.maxBytes()));
        }
        var lines = new Lines(limits);
        int first = 0;
        int end = Lines.feed(body, 0, body.length);
        while (end < body.length && Offsets.pastSpace(body, first, end) == end) {
            lines.skipped();
            first = end + 1;
            end = Lines.feed(body, first, body.length);
        }
        lines.skipped();
        var head = new Slicer(limits).slice(Arrays.copyOfRange(body, first, end));
        var items = lines.items(body, Math.min(end + 1, body.length), body.length);
        lines.refuse();
        return new LineBody(head, items);
    }
}
