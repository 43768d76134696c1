package io.procpool.web;

import io.procpool.job.JobStore.Cursor;
import io.procpool.problem.Refusal.BadRequest;
import io.procpool.problem.Refused;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.regex.Pattern;

/** A place in a listing as text that clients hand back and do not look into. */
final class Cursors {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,18})-(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})");

    private Cursors() {}

    static String text(Cursor place) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, place.created()) + "-" + place.id();
    }

    /** @throws Refused if it is none */
    static Cursor of(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new Refused(new BadRequest("?cursor= is what a page before gave as next"));
        }
        return new Cursor(
                Instant.EPOCH.plus(Long.parseLong(parts.group(1)), ChronoUnit.MICROS),
                UUID.fromString(parts.group(2)));
    }
}
