package io.procpool.job;

import java.util.Locale;

/** What is done with the function, as in multiprocessing.pool. */
public enum Verb {
    /** One call. */
    APPLY,
    /** One call for each item. */
    MAP,
    /** One call for each item, which is unpacked into the arguments. */
    STARMAP;

    /** Whether it goes over an iterable. */
    public boolean maps() {
        return this != APPLY;
    }

    /** The name in the API and on the wire. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
