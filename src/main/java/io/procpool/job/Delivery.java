package io.procpool.job;

import java.util.Locale;

/** How often a task of an accepted job may begin if the service, or its worker, is lost. */
public enum Delivery {
    /** Again, as often as {@code retries} says, and after each loss of the service: a task may run more than once. */
    AT_LEAST_ONCE,
    /** Never again: a task that may have begun ends as {@code worker-lost}. */
    AT_MOST_ONCE;

    /** The name in the API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
