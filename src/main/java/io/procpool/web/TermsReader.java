package io.procpool.web;

import io.procpool.job.Delivery;
import io.procpool.job.Retries;
import io.procpool.job.Terms;
import io.procpool.payload.SlicedObject;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads on which terms a job is wanted. */
final class TermsReader {
    static final Set<String> FIELDS = Set.of("retries", "labels");

    /** Only what is accepted for good outlives what these are about. */
    static final Set<String> OF_ACCEPTED = Set.of("delivery", "eta", "countdown");

    private static final Set<String> OF_RETRIES = Set.of("max", "backoff", "on");

    private TermsReader() {}

    /** @param accepted whether the job is kept for good: then more can be said, and other things are meant where nothing is */
    static Terms read(SlicedObject body, boolean accepted, Instant now) {
        var usual = accepted ? Terms.ASYNC : Terms.SYNC;
        var delivery = delivery(body);
        return new Terms(
                retries(body, delivery, usual.retries()),
                delivery,
                present(body, "labels") ? Labels.read(body) : Map.of(),
                notBefore(body, now));
    }

    private static boolean present(SlicedObject body, String name) {
        return body.has(name) && !body.isNull(name);
    }

    private static Delivery delivery(SlicedObject body) {
        var text = body.string("delivery").orElse(Delivery.AT_LEAST_ONCE.label());
        return Arrays.stream(Delivery.values())
                .filter(delivery -> delivery.label().equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                bad(
                                        "The field \"delivery\" must be "
                                                + Arrays.stream(Delivery.values())
                                                        .map(Delivery::label)
                                                        .collect(
                                                                Collectors.joining(
                                                                        "\" or \"", "\"", "\""))
                                                + "."));
    }

    private static Retries retries(SlicedObject body, Delivery delivery, Retries usual) {
        var once = delivery == Delivery.AT_MOST_ONCE;
        if (!present(body, "retries")) {
            return once ? Retries.NONE : usual;
        }
        var retries =
                switch (body.kind("retries")) {
                    case NUMBER -> new Retries(max(body, "retries"), Duration.ZERO, usual.on());
                    case OBJECT -> inRetries(body.object("retries"), usual);
                    default ->
                            throw bad(
                                    "The field \"retries\" must be an integer from 0 to "
                                            + Retries.MOST
                                            + ", or an object of max, backoff and on.");
                };
        if (once && retries.max() > 0) {
            throw bad(
                    "The field \"retries\" must be 0 with \"delivery\": \""
                            + delivery.label()
                            + "\": a task that is run again has begun more than once.");
        }
        return retries;
    }

    /** What is wrong within is told with the name of the field around it. */
    private static Retries inRetries(SlicedObject given, Retries usual) {
        try {
            return retries(given, usual);
        } catch (Refused refused) {
            throw refused.problem() instanceof BadRequest(var detail)
                    ? bad("In \"retries\": " + detail)
                    : refused;
        }
    }

    private static Retries retries(SlicedObject given, Retries usual) {
        for (var name : given.names()) {
            if (!OF_RETRIES.contains(name)) {
                throw bad("The field \"" + name + "\" is not one of max, backoff and on.");
            }
        }
        if (!present(given, "max")) {
            throw bad("The field \"max\" is missing.");
        }
        return new Retries(max(given, "max"), backoff(given), causes(given, usual));
    }

    private static int max(SlicedObject given, String name) {
        return given.integer(name, 0, Retries.MOST).orElseThrow();
    }

    private static Duration backoff(SlicedObject given) {
        var backoff = SubmissionReader.duration(given.seconds("backoff").orElse(0));
        if (backoff.compareTo(Retries.LONGEST_BACKOFF) > 0) {
            throw bad(
                    "The field \"backoff\" must be at most "
                            + Retries.LONGEST_BACKOFF.toSeconds()
                            + " seconds.");
        }
        return backoff;
    }

    private static List<String> causes(SlicedObject given, Retries usual) {
        if (!present(given, "on")) {
            return usual.on();
        }
        var causes = given.strings("on").stream().distinct().toList();
        if (causes.isEmpty() || !Retries.CAUSES.containsAll(causes)) {
            throw bad(
                    "The field \"on\" must be an array of some of "
                            + String.join(", ", Retries.CAUSES)
                            + ".");
        }
        return causes;
    }

    /** Null also for a time that has passed: it holds nobody up. */
    private static @Nullable Instant notBefore(SlicedObject body, Instant now) {
        if (present(body, "eta") && present(body, "countdown")) {
            throw bad("The fields \"eta\" and \"countdown\" say the same: give one of them.");
        }
        var countdown = SubmissionReader.duration(body.seconds("countdown").orElse(0));
        var wanted =
                body.string("eta")
                        .map(TermsReader::instant)
                        .orElse(now.plus(countdown).truncatedTo(ChronoUnit.MICROS));
        return wanted.isAfter(now) ? wanted : null;
    }

    private static Instant instant(String eta) {
        return Rfc3339.of(eta)
                .orElseThrow(
                        () ->
                                bad(
                                        "The field \"eta\" must be a time as RFC 3339 writes it, for example 2030-01-31T12:00:00Z."));
    }

    private static Refused bad(String detail) {
        return new Refused(new BadRequest(detail));
    }
}
