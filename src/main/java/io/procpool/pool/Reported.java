package io.procpool.pool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.wire.Header;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a worker says of how far its call is. It is for people: what makes no sense is left out, and no worker dies of it. */
record Reported(double done, @Nullable Double total, @Nullable String note) {
    private static final int LONGEST_NOTE = 1000;

    /** Empty if it does not say, by a finite number, what is done. */
    static Optional<Reported> in(Header header) {
        var done = finite(header, "done");
        return done == null
                ? Optional.empty()
                : Optional.of(new Reported(done, finite(header, "total"), note(header)));
    }

    private static @Nullable Double finite(Header header, String name) {
        double number = header.decimal(name, Double.NaN);
        return Double.isFinite(number) ? number : null;
    }

    private static @Nullable String note(Header header) {
        var note = header.string("note");
        if (note == null) {
            return null;
        }
        int characters = note.codePointCount(0, note.length());
        var cut =
                characters <= LONGEST_NOTE
                        ? note
                        : note.substring(0, note.offsetByCodePoints(0, LONGEST_NOTE));
        return new String(cut.getBytes(UTF_8), UTF_8); // half of a surrogate pair has no UTF-8
    }
}
