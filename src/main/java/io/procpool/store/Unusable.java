package io.procpool.store;

import org.jspecify.annotations.Nullable;

/** The store can't be opened as it is: the service must not start. The message is a sentence for people. */
final class Unusable extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String action;

    Unusable(String sentence, String action) {
        this(sentence, action, null);
    }

    Unusable(String sentence, String action, @Nullable Throwable cause) {
        super(sentence, cause);
        this.action = action;
    }

    /** What can be done. */
    String action() {
        return action;
    }
}
