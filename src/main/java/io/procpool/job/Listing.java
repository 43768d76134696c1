package io.procpool.job;

import io.procpool.job.JobStore.Query;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/** All jobs that there are, wherever they are at the moment. */
record Listing(NavigableMap<UUID, Job> live, RecentJobs recent, JobStore store) {
    /** By falling id, which is by falling time. */
    List<JobRecord> list(Query query) {
        var merged = new TreeMap<UUID, JobRecord>(Comparator.reverseOrder());
        // The live ones first: what ends meanwhile is in one of the others by then.
        var candidates = query.before() == null ? live : live.headMap(query.before(), false);
        candidates.descendingMap().values().stream()
                .map(Job::snapshot)
                .filter(query::matches)
                .limit(query.limit())
                .forEach(record -> merged.put(record.id(), record));
        collect(query, recent.all(), merged);
        if (query.state() == null || !JobState.UNFINISHED.contains(query.state())) {
            collect(query, store.list(query), merged); // it does not know what has begun since
        }
        return merged.values().stream().filter(query::matches).limit(query.limit()).toList();
    }

    private static void collect(
            Query query, Collection<JobRecord> records, Map<UUID, JobRecord> merged) {
        records.stream()
                .filter(query::matches)
                .forEach(record -> merged.putIfAbsent(record.id(), record));
    }
}
