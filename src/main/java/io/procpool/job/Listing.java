package io.procpool.job;

import io.procpool.job.JobStore.Cursor;
import io.procpool.job.JobStore.Query;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All jobs that there are, wherever they are at the moment. */
record Listing(Map<UUID, Job> live, RecentJobs recent, JobStore store) {
    Page list(Query query) {
        var merged = new TreeMap<Cursor, JobRecord>(Comparator.reverseOrder());
        // The live ones first: what ends meanwhile is in one of the others by then. What is known
        // better of a
        // job comes first, too: the store does not know what has changed since.
        add(live.values().stream().map(Job::snapshot).toList(), merged);
        add(recent.all(), merged);
        var stored = store.list(query);
        add(stored, merged);
        var end = stored.size() == query.limit() ? stored.getLast().place() : null;
        var matching =
                merged.values().stream()
                        .filter(query::matches)
                        .filter(record -> end == null || record.place().compareTo(end) >= 0)
                        .limit(query.limit())
                        .toList();
        return new Page(matching, next(matching, query.limit(), end));
    }

    /** Of those that the store has found some may not match any more: a page can have fewer than it may, and there are further ones. */
    private static @Nullable Cursor next(
            List<JobRecord> page, int limit, @Nullable Cursor storesEnd) {
        return page.size() == limit ? page.getLast().place() : storesEnd;
    }

    private static void add(Collection<JobRecord> records, Map<Cursor, JobRecord> merged) {
        records.forEach(record -> merged.putIfAbsent(record.place(), record));
    }
}
