package io.procpool.web;

import io.procpool.job.Submission;
import io.procpool.job.Verb;
import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.Kind;
import io.procpool.payload.Payload;
import io.procpool.payload.SlicedObject;
import io.procpool.problem.Failure.FunctionUnknown;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refusal.NotSupported;
import io.procpool.problem.Refused;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads submissions. Unknown fields are refused, so that a misspelt one is not silently without effect. */
@Component
final class SubmissionReader {
    private static final int LONGEST_NAME = 1_000;
    private static final int SHOWN = 80;
    private static final Payload NO_ARGS = Payload.ofUtf8("[]");
    private static final Payload NO_KWDS = Payload.ofUtf8("{}");
    private static final Set<String> COMMON = Set.of("func", "timeout", "expires_in", "priority");
    private static final Set<String> OF_APPLY = Set.of("args", "kwds");
    private static final Set<String> OF_MAPS = Set.of("iterable", "chunksize", "errors");
    private static final Set<String> LATER = Set.of("callback", "error_callback");

    private final Clock clock;

    SubmissionReader(Clock clock) {
        this.clock = clock;
    }

    /**
     * Who is asked for what.
     *
     * @param accepted whether the job is kept for good
     */
    record Address(String pool, Verb verb, boolean accepted) {}

    Submission read(Address to, SlicedObject body, InFlight.Hold hold) {
        return read(to, body, Set.of(), hold);
    }

    /** One that says itself which pool is to do what. It is accepted for good. */
    Submission addressed(SlicedObject body, InFlight.Hold hold) {
        return read(AddressReader.read(body), body, AddressReader.FIELDS, hold);
    }

    private Submission read(
            Address to, SlicedObject body, Set<String> besides, InFlight.Hold hold) {
        check(to, body, besides);
        return read(to, body, to.verb() == Verb.APPLY ? null : body.items("iterable"), hold);
    }

    /**
     * A submission whose items are not in it.
     *
     * @param items what followed it; null: they come while it runs
     */
    Submission head(Address to, SlicedObject line, @Nullable Items items, InFlight.Hold hold) {
        check(to, line, Set.of());
        if (line.has("iterable")) {
            throw new Refused(
                    new BadRequest(
                            "The first line must be without the field \"iterable\": each further line is an item."));
        }
        return read(to, line, items, hold);
    }

    private static void check(Address to, SlicedObject body, Set<String> besides) {
        body.names().stream()
                .filter(name -> !besides.contains(name))
                .forEach(name -> check(name, to));
    }

    private Submission read(
            Address to, SlicedObject body, @Nullable Items items, InFlight.Hold hold) {
        var verb = to.verb();
        var apply = verb == Verb.APPLY;
        return new Submission(
                to.pool(),
                verb,
                func(body),
                apply ? raw(body, "args", Kind.ARRAY, NO_ARGS) : NO_ARGS,
                apply ? raw(body, "kwds", Kind.OBJECT, NO_KWDS) : NO_KWDS,
                items,
                chunksize(body, verb),
                positive(body, "timeout"),
                positive(body, "expires_in"),
                body.integer("priority", Submission.LOWEST_PRIORITY, Submission.HIGHEST_PRIORITY)
                        .orElse(0),
                collects(body, verb),
                TermsReader.read(body, to.accepted(), clock.instant()),
                hold);
    }

    private static String func(SlicedObject body) {
        var func =
                body.string("func")
                        .orElseThrow(
                                () ->
                                        new Refused(
                                                new BadRequest("The field \"func\" is missing.")));
        if (func.length() > LONGEST_NAME) {
            throw new Refused(
                    new FunctionUnknown(func.substring(0, LONGEST_NAME) + "…", "too long a name"));
        }
        return func;
    }

    private static void check(String name, Address to) {
        var own = to.verb() == Verb.APPLY ? OF_APPLY : OF_MAPS;
        if (COMMON.contains(name) || own.contains(name) || TermsReader.FIELDS.contains(name)) {
            return;
        }
        if (TermsReader.OF_ACCEPTED.contains(name)) {
            requireAccepted(name, to);
            return;
        }
        if (LATER.contains(name)) {
            throw new Refused(new NotSupported("The field \"" + name + "\""));
        }
        throw new Refused(
                new BadRequest(
                        "The field \""
                                + shown(name)
                                + "\" is not one of "
                                + to.verb().label()
                                + "."));
    }

    /** A batch tells of thousands. */
    private static String shown(String name) {
        return name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
    }

    private static void requireAccepted(String name, Address to) {
        if (!to.accepted()) {
            throw new Refused(
                    new BadRequest(
                            "The field \""
                                    + name
                                    + "\" is of jobs that are accepted for good: use "
                                    + (to.verb().streams() ? "" : to.verb().label() + "_async, ")
                                    + "Prefer: respond-async, or an Idempotency-Key."));
        }
    }

    private static Payload raw(SlicedObject body, String name, Kind wanted, Payload absent) {
        if (!body.has(name) || body.isNull(name)) {
            return absent;
        }
        if (body.kind(name) != wanted) {
            throw new Refused(
                    new BadRequest(
                            "The field \""
                                    + name
                                    + "\" must be an "
                                    + (wanted == Kind.ARRAY ? "array" : "object")
                                    + "."));
        }
        return body.raw(name);
    }

    /** A stream's default is 1, as in multiprocessing: whoever asks item by item wants each as soon as it is there. */
    private static @Nullable Integer chunksize(SlicedObject body, Verb verb) {
        var given = body.integer("chunksize", 1, Integer.MAX_VALUE);
        return given.isEmpty() && verb.streams() ? Integer.valueOf(1) : orNull(given);
    }

    private static boolean collects(SlicedObject body, Verb verb) {
        var errors = body.string("errors").orElse(verb.streams() ? "collect" : "first");
        if (errors.equals("first") && verb.streams()) {
            throw new Refused(
                    new BadRequest(
                            "The field \"errors\" can only be \"collect\": a failed item never ends a stream."));
        }
        return switch (errors) {
            case "first" -> false;
            case "collect" -> true;
            default ->
                    throw new Refused(
                            new BadRequest(
                                    "The field \"errors\" must be \"first\" or \"collect\"."));
        };
    }

    private static @Nullable Duration positive(SlicedObject body, String name) {
        return seconds(body.seconds(name), name);
    }

    /** More than zero: a timeout of zero would end everything, and whoever means none says null. */
    static @Nullable Duration seconds(OptionalDouble given, String name) {
        if (given.isEmpty()) {
            return null;
        }
        var duration = duration(given.getAsDouble());
        if (!duration.isPositive()) {
            throw new Refused(
                    new BadRequest("The field \"" + name + "\" must be more than 0 seconds."));
        }
        return duration;
    }

    static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? Integer.valueOf(value.getAsInt()) : null;
    }
}
