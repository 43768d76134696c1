package io.procpool.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Times as clients write them: RFC 3339, which is stricter than what Java reads. */
final class Rfc3339 {
    private static final Pattern TEXT =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");

    private Rfc3339() {}

    /** To the microsecond, which is what is kept of it; empty if it is none. */
    static Optional<Instant> of(String text) {
        var upper = text.toUpperCase(Locale.ROOT);
        if (!TEXT.matcher(upper).matches()) {
            return Optional.empty();
        }
        try {
            var instant = OffsetDateTime.parse(upper).toInstant();
            return Optional.of(instant.truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException noSuchTime) {
            return Optional.empty();
        }
    }
}
