package io.procpool.web;

import io.procpool.job.Submission;
import io.procpool.job.Terms;
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
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a submission. Unknown fields are refused, so that a misspelt one is not silently without effect. */
final class SubmissionReader {
    private static final int LONGEST_NAME = 1_000;
    private static final Payload NO_ARGS = Payload.ofUtf8("[]");
    private static final Payload NO_KWDS = Payload.ofUtf8("{}");
    private static final Set<String> COMMON =
            Set.of("func", "timeout", "expires_in", "priority", "retries");
    private static final Set<String> OF_APPLY = Set.of("args", "kwds");
    private static final Set<String> OF_MAPS = Set.of("iterable", "chunksize", "errors");
    private static final Set<String> LATER =
            Set.of("labels", "delivery", "eta", "countdown", "callback", "error_callback");

    private SubmissionReader() {}

    static Submission read(String pool, Verb verb, SlicedObject body, InFlight.Hold hold) {
        check(verb, body);
        return read(pool, verb, body, verb == Verb.APPLY ? null : body.items("iterable"), hold);
    }

    /**
     * A submission whose items are not in it.
     *
     * @param items what followed it; null: they come while it runs
     */
    static Submission head(
            String pool, Verb verb, SlicedObject line, @Nullable Items items, InFlight.Hold hold) {
        check(verb, line);
        if (line.has("iterable")) {
            throw new Refused(
                    new BadRequest(
                            "The first line must be without the field \"iterable\": each further line is an item."));
        }
        return read(pool, verb, line, items, hold);
    }

    private static void check(Verb verb, SlicedObject body) {
        var own = verb == Verb.APPLY ? OF_APPLY : OF_MAPS;
        body.names().forEach(name -> check(name, verb, own));
        refuseRetries(body);
    }

    private static Submission read(
            String pool, Verb verb, SlicedObject body, @Nullable Items items, InFlight.Hold hold) {
        var apply = verb == Verb.APPLY;
        return new Submission(
                pool,
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
                Terms.SYNC,
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

    private static void check(String name, Verb verb, Set<String> own) {
        if (COMMON.contains(name) || own.contains(name)) {
            return;
        }
        if (LATER.contains(name)) {
            throw new Refused(new NotSupported("The field \"" + name + "\""));
        }
        throw new Refused(
                new BadRequest("The field \"" + name + "\" is not one of " + verb.label() + "."));
    }

    private static void refuseRetries(SlicedObject body) {
        if (body.has("retries") && !body.raw("retries").utf8().equals("0")) {
            throw new Refused(new NotSupported("The field \"retries\" with a value other than 0"));
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
        var duration = Duration.ofNanos(Math.round(given.getAsDouble() * 1e9));
        if (!duration.isPositive()) {
            throw new Refused(
                    new BadRequest("The field \"" + name + "\" must be more than 0 seconds."));
        }
        return duration;
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? Integer.valueOf(value.getAsInt()) : null;
    }
}
