package io.procpool.job;

import java.util.Map;

/** How the store is, for whoever watches the service. Any thread may ask. */
public interface StoreCondition {
    enum State {
        WELL,
        /** No room: it takes nothing new; what it has goes on. It recovers by itself. */
        FULL,
        /** Something that it holds is damaged; it goes on with the rest. */
        DAMAGED,
        /** The disk has failed it: nothing can be written any more, and the service ends. */
        FAILED
    }

    State state();

    /** What is the matter; empty if nothing is. */
    String sentence();

    /** How it makes things last, by the names of its settings. */
    Map<String, String> durability();
}
