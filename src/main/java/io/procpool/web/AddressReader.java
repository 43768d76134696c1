package io.procpool.web;

import io.procpool.job.Verb;
import io.procpool.payload.SlicedObject;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.PoolUnknown;
import io.procpool.problem.Refused;
import io.procpool.web.SubmissionReader.Address;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads which pool a submission wants to do what, where its path does not say it. */
final class AddressReader {
    static final Set<String> FIELDS = Set.of("pool", "verb");

    private static final int LONGEST_NAME = 200;
    private static final String ASYNC = "_async";

    private AddressReader() {}

    static Address read(SlicedObject body) {
        var pool = required(body, "pool");
        if (pool.length() > LONGEST_NAME) {
            throw new Refused(new PoolUnknown(pool.substring(0, LONGEST_NAME) + "…"));
        }
        return new Address(pool, verb(required(body, "verb")), true);
    }

    private static String required(SlicedObject body, String name) {
        return body.string(name)
                .orElseThrow(
                        () ->
                                new Refused(
                                        new BadRequest("The field \"" + name + "\" is missing.")));
    }

    /** All that is addressed so is answered at once: {@code apply} and {@code apply_async} say the same. */
    private static Verb verb(String text) {
        return Arrays.stream(Verb.values())
                .filter(verb -> text.equals(verb.label()) || text.equals(async(verb)))
                .findFirst()
                .orElseThrow(() -> new Refused(new BadRequest(sentence())));
    }

    private static String async(Verb verb) {
        return verb.streams() ? verb.label() : verb.label() + ASYNC;
    }

    private static String sentence() {
        return Arrays.stream(Verb.values())
                .map(Verb::label)
                .collect(Collectors.joining(", ", "The field \"verb\" must be one of ", "."));
    }
}
