package io.procpool.job;

import java.util.UUID;

/**
 * A claim on an accepted job. Whoever has claimed it later has a higher epoch, and from then on nothing that is written with this one has an effect.
 *
 * @param epoch how often the job has been claimed
 */
public record Ticket(UUID job, int epoch) {
    private static final int BITS = 24;

    /** The first version of what is shown of the job under this claim: above all versions under earlier ones. */
    public long firstVersion() {
        return ((long) epoch << BITS) + 1;
    }

    /** The version of what is shown while nobody has a claim on it after this one: above all versions under this one. */
    public long restingVersion() {
        return ((long) epoch + 1) << BITS;
    }
}
