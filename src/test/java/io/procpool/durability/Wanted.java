package io.procpool.durability;

import org.jspecify.annotations.Nullable;

/**
 * Something that a client wants to have run as one job, however often it has to ask.
 *
 * @param tag its name, unique, which is the job's label {@code tag} too
 * @param nature what its function does
 * @param kills how many of its first runs kill their worker
 * @param atMostOnce {@code delivery: at_most_once}
 * @param value what a map of it gives as JSON text; null: an apply, whose value has the tag and the attempt
 */
record Wanted(String tag, Nature nature, int kills, boolean atMostOnce, @Nullable String value) {
    private static final int ALL = Integer.MAX_VALUE;

    enum Nature {
        /** It ends by itself, with a value. */
        HARMLESS,
        /** It ends by itself, and raises. */
        RAISING,
        /** It kills its worker at least once, and then ends by itself, with a value. */
        KILLER
    }

    static Wanted harmless(String tag) {
        return new Wanted(tag, Nature.HARMLESS, 0, false, null);
    }

    static Wanted map(String tag, String value) {
        return new Wanted(tag, Nature.HARMLESS, 0, false, value);
    }

    static Wanted raising(String tag) {
        return new Wanted(tag, Nature.RAISING, 0, false, null);
    }

    static Wanted killer(String tag, int kills) {
        return new Wanted(tag, Nature.KILLER, kills, false, null);
    }

    /** It kills whatever runs it. */
    static Wanted poison(String tag) {
        return killer(tag, ALL);
    }

    Wanted once() {
        return new Wanted(tag, nature, kills, true, value);
    }

    boolean isPoison() {
        return kills == ALL;
    }
}
