package io.procpool.store;

import io.procpool.job.Delivery;
import io.procpool.job.Retries;
import io.procpool.job.Submission;
import io.procpool.job.Terms;
import io.procpool.job.Verb;
import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.Limits;
import io.procpool.payload.Payload;
import io.procpool.payload.Slicer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A submission as rows have it: its arguments and items one after the other, byte for byte, and all else as JSON text.
 *
 * @param args bytes of the arguments, which come first
 * @param kwds bytes of the named arguments, which come next; the rest is the iterable
 */
record Submitted(int args, int kwds, Values.Kept body, String head) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] OPEN = "{\"iterable\":".getBytes(StandardCharsets.US_ASCII);

    /** What was taken in was checked then. */
    private static final Slicer SLICER = new Slicer(new Limits(Integer.MAX_VALUE - 64, 10_000));

    static Submitted of(Submission submission, Values values) {
        return new Submitted(
                submission.args().size(),
                submission.kwds().size(),
                values.keep(body(submission)),
                head(submission));
    }

    private static Payload body(Submission submission) {
        try {
            var out = new ByteArrayOutputStream((int) submission.size() + 2);
            submission.args().writeTo(out);
            submission.kwds().writeTo(out);
            var iterable = submission.iterable();
            if (iterable != null) {
                iterable.writeRange(0, iterable.size(), out);
            }
            return Payload.of(out.toByteArray());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static String head(Submission submission) {
        var terms = submission.terms();
        var retries = terms.retries();
        var json =
                JSON.createObjectNode()
                        .put("pool", submission.pool())
                        .put("verb", submission.verb().label())
                        .put("func", submission.func())
                        .put("collect", submission.collect())
                        .put("priority", submission.priority())
                        .put("chunksize", submission.chunksize())
                        .put("timeout", nanos(submission.timeout()))
                        .put("expires_in", nanos(submission.expiresIn()))
                        .put("delivery", terms.delivery().label())
                        .put("retries", retries.max())
                        .put("backoff", retries.backoff().toNanos());
        if (terms.notBefore() != null) {
            json.put("not_before", Session.micros(terms.notBefore()));
        }
        json.put("labels", Evidence.labels(terms.labels()));
        var on = json.putArray("on");
        retries.on().forEach(on::add);
        return json.toString();
    }

    private static @Nullable Long nanos(@Nullable Duration duration) {
        return duration == null ? null : Long.valueOf(duration.toNanos());
    }

    /** Reads one of the present row. */
    static Submission read(Session.Row row, Values values, InFlight.Hold hold) throws SQLException {
        var body = values.read(row.bytesOrNull("body"), row.textOrNull("file"));
        var head = JSON.readTree(row.text("head"));
        int args = row.integer("args");
        int kwds = args + row.integer("kwds");
        return new Submission(
                Failures.text(head, "pool"),
                Verb.valueOf(Failures.text(head, "verb").toUpperCase(java.util.Locale.ROOT)),
                Failures.text(head, "func"),
                body.slice(0, args),
                body.slice(args, kwds),
                kwds == body.size() ? null : items(body.slice(kwds, body.size())),
                Failures.number(head, "chunksize"),
                duration(head, "timeout"),
                duration(head, "expires_in"),
                head.path("priority").asInt(),
                head.path("collect").asBoolean(),
                terms(head),
                hold);
    }

    private static Items items(Payload array) {
        var body = new byte[OPEN.length + array.size() + 1];
        System.arraycopy(OPEN, 0, body, 0, OPEN.length);
        array.asByteBuffer().get(body, OPEN.length, array.size());
        body[body.length - 1] = '}';
        return SLICER.slice(body).items("iterable");
    }

    private static Terms terms(JsonNode head) {
        List<String> on = new ArrayList<>();
        head.path("on").forEach(cause -> on.add(cause.asString()));
        return new Terms(
                new Retries(
                        head.path("retries").asInt(),
                        Duration.ofNanos(head.path("backoff").asLong()),
                        on),
                Delivery.valueOf(
                        Failures.text(head, "delivery").toUpperCase(java.util.Locale.ROOT)),
                Evidence.readLabels(Failures.text(head, "labels")),
                head.has("not_before")
                        ? java.time.Instant.EPOCH.plus(
                                head.path("not_before").asLong(),
                                java.time.temporal.ChronoUnit.MICROS)
                        : null);
    }

    private static @Nullable Duration duration(JsonNode head, String name) {
        return head.path(name).isNumber() ? Duration.ofNanos(head.path(name).asLong()) : null;
    }
}
