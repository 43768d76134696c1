package io.procpool.job;

import io.procpool.payload.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job has brought since somebody looked last.
 *
 * @param record the job at that time; if it is final there will be no more
 * @param elements the JSON values with commas between them, and maybe one before the first; of items that failed {@code null}
 * @param errors of the items that failed, those of these values among them
 * @param arrivals which items all values so far belong to; null: they are in the order of the items
 */
public record News(
        JobRecord record, Payload elements, List<ItemError> errors, @Nullable Arrivals arrivals) {
    /** The same with the same elements, in memory. */
    public News with(Payload loaded) {
        return new News(record, loaded, errors, arrivals);
    }
}
