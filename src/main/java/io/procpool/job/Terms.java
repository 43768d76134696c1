package io.procpool.job;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On which terms a job is taken.
 *
 * @param labels for people: names and values by which jobs can be listed
 * @param notBefore no task begins earlier, by the service's clock; null: at once
 */
public record Terms(
        Retries retries,
        Delivery delivery,
        Map<String, String> labels,
        @Nullable Instant notBefore) {
    /** For whoever waits for the answer, unless said otherwise. */
    public static final Terms SYNC =
            new Terms(Retries.NONE, Delivery.AT_LEAST_ONCE, Map.of(), null);

    /** For accepted jobs, unless said otherwise. */
    public static final Terms ASYNC =
            new Terms(Retries.ACCEPTED, Delivery.AT_LEAST_ONCE, Map.of(), null);

    public Terms {
        labels = Map.copyOf(labels);
    }
}
