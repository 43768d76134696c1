package io.procpool.web;

import io.procpool.payload.Items;
import io.procpool.payload.Payload;
import io.procpool.payload.SlicedObject;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the body of a batch holds: its submissions, not looked into.
 *
 * @param atomic what it says itself about being taken whole or not at all, if it does
 */
record BatchBody(List<Payload> entries, Optional<Boolean> atomic) {
    static final int MOST = 10_000;

    private static final String ENTRIES = "submissions";
    private static final String ATOMIC = "atomic";
    private static final Set<String> FIELDS = Set.of(ENTRIES, ATOMIC);

    /** @throws Refused if it is not what a batch may be */
    static BatchBody json(byte[] body, Bodies bodies) {
        return firstCharacter(body) == '{'
                ? object(bodies.object(body))
                : new BatchBody(entries(bodies.array(body)), Optional.empty());
    }

    /** One submission a line; empty lines count for nothing. What is wrong with a line is that line's. */
    static BatchBody lines(byte[] body) {
        var entries = new ArrayList<Payload>();
        for (int from = 0; from < body.length; ) {
            int end = from;
            int last = from; // behind what is no white space
            while (end < body.length && body[end] != '\n') {
                last = isSpace(body[end]) ? last : end + 1;
                end++;
            }
            if (last > from) {
                entries.add(Payload.of(body, from, last));
                requireFew(entries.size());
            }
            from = end + 1;
        }
        return new BatchBody(entries, Optional.empty());
    }

    private static int firstCharacter(byte[] body) {
        int at = 0;
        while (at < body.length && (isSpace(body[at]) || body[at] == '\n')) {
            at++;
        }
        return at < body.length ? body[at] : -1;
    }

    private static boolean isSpace(byte value) {
        return value == ' ' || value == '\t' || value == '\r';
    }

    private static BatchBody object(SlicedObject body) {
        for (var name : body.names()) {
            if (!FIELDS.contains(name)) {
                throw new Refused(
                        new BadRequest(
                                "The field \""
                                        + name
                                        + "\" is not one of submissions and atomic."));
            }
        }
        return new BatchBody(entries(body.items(ENTRIES)), body.bool(ATOMIC));
    }

    private static List<Payload> entries(Items items) {
        requireFew(items.size());
        return IntStream.range(0, items.size()).mapToObj(items::item).toList();
    }

    private static void requireFew(int entries) {
        if (entries > MOST) {
            throw new Refused(new BadRequest("A batch may have at most " + MOST + " submissions."));
        }
    }
}
