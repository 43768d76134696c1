package io.procpool.job;

import java.util.Locale;

/** What is done with the function, as in multiprocessing.pool. */
public enum Verb {
    /** One call. */
    APPLY,
    /** One call for each item. */
    MAP,
    /** One call for each item, which is unpacked into the arguments. */
    STARMAP,
    /** One call for each item; the values come as soon as they and all before them are there. */
    IMAP,
    /** One call for each item; the values come in the order in which they are there. */
    IMAP_UNORDERED;

    /** Whether it goes over an iterable. */
    public boolean maps() {
        return this != APPLY;
    }

    /** Whether it answers item by item. */
    public boolean streams() {
        return this == IMAP || this == IMAP_UNORDERED;
    }

    /** The name in the API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name on the wire: to a worker a stream's chunk is one of a map. */
    public String wire() {
        return streams() ? MAP.label() : label();
    }
}
