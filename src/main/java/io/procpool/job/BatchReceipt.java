package io.procpool.job;

import java.util.List;
import java.util.UUID;

/** What has become of submissions that were sent together. */
public sealed interface BatchReceipt {
    /** All of them are accepted, in this order. */
    record Taken(List<UUID> ids) implements BatchReceipt {}

    /** @param answer what the same request was answered when it came first */
    record Replayed(String answer) implements BatchReceipt {}
}
