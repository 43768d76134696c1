package io.procpool.job;

import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.LimitSettings;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.payload.Slicer;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.unit.DataSize;

/** What tests submit: one of these, changed where a test cares. */
final class Submissions {
    static final LimitSettings LIMITS =
            new LimitSettings(DataSize.ofKilobytes(64), 500, DataSize.ofKilobytes(64), 0.25);
    static final InFlight IN_FLIGHT = inFlight();

    /** The service's: no finer than what is stored. */
    static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.of(1, ChronoUnit.MICROS));

    private static final Payload NO_ARGS = Payload.ofUtf8("[]");
    private static final Payload NO_KWDS = Payload.ofUtf8("{}");

    private Submissions() {}

    static InFlight inFlight() {
        try (var context = new AnnotationConfigApplicationContext()) {
            context.registerBean(LimitSettings.class, () -> LIMITS);
            context.register(InFlight.class);
            context.refresh();
            return context.getBean(InFlight.class);
        }
    }

    static Submission apply() {
        return apply("pool", "m.f", null, false);
    }

    static Submission collectingApply() {
        return apply("pool", "m.f", null, true);
    }

    static Submission expiring(Duration after) {
        return apply("pool", "m.f", after, false);
    }

    static Submission apply(String pool, String func, Duration expiresIn, boolean collect) {
        return new Submission(
                pool,
                Verb.APPLY,
                func,
                Payload.ofUtf8("[1, 2]"),
                Payload.ofUtf8("{\"k\": 3}"),
                null,
                null,
                null,
                expiresIn,
                0,
                collect,
                Terms.SYNC,
                IN_FLIGHT.hold());
    }

    /** The numbers from 0. */
    static Submission map(int items, Integer chunksize) {
        return map(items, chunksize, null, false);
    }

    static Submission collectingMap(int items, Integer chunksize) {
        return map(items, chunksize, null, true);
    }

    static Submission map(int items, Integer chunksize, Duration timeout, boolean collect) {
        return new Submission(
                "pool",
                Verb.MAP,
                "m.f",
                NO_ARGS,
                NO_KWDS,
                items(items),
                chunksize,
                timeout,
                null,
                0,
                collect,
                Terms.SYNC,
                IN_FLIGHT.hold());
    }

    /** The same on other terms. */
    static Submission on(Terms terms, Submission plain) {
        return new Submission(
                plain.pool(),
                plain.verb(),
                plain.func(),
                plain.args(),
                plain.kwds(),
                plain.iterable(),
                plain.chunksize(),
                plain.timeout(),
                plain.expiresIn(),
                plain.priority(),
                plain.collect(),
                terms,
                IN_FLIGHT.hold());
    }

    static Submission accepted(Submission plain) {
        return on(Terms.ASYNC, plain);
    }

    /** One whose tasks begin once at most. */
    static Submission once(Submission plain) {
        return on(new Terms(Retries.ACCEPTED, Delivery.AT_MOST_ONCE, Map.of(), null), plain);
    }

    static Submission retried(Retries retries, Submission plain) {
        return on(new Terms(retries, Delivery.AT_LEAST_ONCE, Map.of(), null), plain);
    }

    /** A stream, which gets its items later. */
    static Submission imap(Verb verb, int chunksize) {
        return imap(verb, chunksize, IN_FLIGHT.hold());
    }

    static Submission imap(Verb verb, int chunksize, InFlight.Hold hold) {
        return new Submission(
                "pool",
                verb,
                "m.f",
                NO_ARGS,
                NO_KWDS,
                null,
                chunksize,
                null,
                null,
                0,
                true,
                Terms.SYNC,
                hold);
    }

    static Items items(int count) {
        return items(numbers(0, count));
    }

    /** @param array a JSON array */
    static Items items(String array) {
        var body = "{\"iterable\":" + array + "}";
        return new Slicer(Limits.DEFAULT)
                .slice(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .items("iterable");
    }

    /** A JSON array. */
    static String numbers(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "[", "]"));
    }

    static String text(Task task) {
        return task.body().stream().map(Payload::utf8).collect(Collectors.joining());
    }
}
