package io.procpool.job;

import io.procpool.job.JobStore.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing.
 *
 * @param jobs by falling place
 * @param next where the next part begins; null: this was the last one
 */
public record Page(List<JobRecord> jobs, @Nullable Cursor next) {}
