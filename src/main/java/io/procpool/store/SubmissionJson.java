package io.procpool.store;

import io.procpool.job.Delivery;
import io.procpool.job.Retries;
import io.procpool.job.Submission;
import io.procpool.job.Terms;
import io.procpool.job.Verb;
import io.procpool.payload.InFlight;
import io.procpool.payload.Items;
import io.procpool.payload.Payload;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client wants done, without the values that it sends, as a JSON text. */
final class SubmissionJson {
    private SubmissionJson() {}

    static String write(Submission submission) {
        var terms = submission.terms();
        var json =
                Json.object()
                        .put("pool", submission.pool())
                        .put("verb", submission.verb().name())
                        .put("func", submission.func())
                        .put("iterable", submission.iterable() != null)
                        .put("chunksize", submission.chunksize())
                        .put("timeout", Json.said(submission.timeout()))
                        .put("expires_in", Json.said(submission.expiresIn()))
                        .put("priority", submission.priority())
                        .put("collect", submission.collect())
                        .put("delivery", terms.delivery().name())
                        .put("not_before", Json.said(terms.notBefore()));
        var retries = json.putObject("retries");
        retries.put("max", terms.retries().max());
        retries.put("backoff", terms.retries().backoff().toString());
        retries.set("on", Json.strings(terms.retries().on()));
        if (!terms.labels().isEmpty()) {
            json.set("labels", Json.map(terms.labels()));
        }
        return Json.text(json);
    }

    /** What it needs besides: the values, and memory. */
    record Values(Payload args, Payload kwds, @Nullable Items iterable, InFlight.Hold hold) {}

    static boolean hasIterable(JsonNode json) {
        return Json.flag(json, "iterable");
    }

    static Submission read(JsonNode json, Values values) {
        return new Submission(
                Json.text(json, "pool"),
                Verb.valueOf(Json.text(json, "verb")),
                Json.text(json, "func"),
                values.args(),
                values.kwds(),
                values.iterable(),
                Json.integerOrNull(json, "chunksize"),
                Json.duration(json, "timeout"),
                Json.duration(json, "expires_in"),
                Json.integer(json, "priority"),
                Json.flag(json, "collect"),
                terms(json),
                values.hold());
    }

    private static Terms terms(JsonNode json) {
        var retries = Objects.requireNonNull(json.get("retries"));
        return new Terms(
                new Retries(
                        Json.integer(retries, "max"),
                        Objects.requireNonNullElse(
                                Json.duration(retries, "backoff"), Duration.ZERO),
                        Json.strings(retries.get("on"))),
                Delivery.valueOf(Json.text(json, "delivery")),
                Json.map(json.get("labels")),
                Json.time(json, "not_before"));
    }
}
