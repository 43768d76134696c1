package io.procpool.durability;

import org.jspecify.annotations.Nullable;

/**
 * Something that a client wants to have run as one job, however often it has to ask.
 *
 * @param tag its name, unique, which is the job's label {@code tag} too
 * @param nature what its function does
 * @param atMostOnce {@code delivery: at_most_once}
 * @param value what a map of it gives as JSON text; null: an apply, whose value has the tag and the attempt
 */
record Wanted(String tag, Nature nature, boolean atMostOnce, @Nullable String value) {
    enum Nature {
        /** It ends by itself, with a value. */
        HARMLESS,
        /** It ends by itself, and raises. */
        RAISING,
        /** It kills its worker at least once. */
        KILLER
    }

    static Wanted harmless(String tag) {
        return new Wanted(tag, Nature.HARMLESS, false, null);
    }

    static Wanted killer(String tag) {
        return new Wanted(tag, Nature.KILLER, false, null);
    }

    Wanted once() {
        return new Wanted(tag, nature, true, value);
    }
}
