package io.procpool.durability;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.groupingBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the service has in the end.
 *
 * @param listed by the API
 * @param stored in its database
 * @param metrics jobs by state, as the metrics have them
 * @param quarantine jobs that have a task in quarantine, as often as they have one
 */
record Dump(
        List<Listed> listed,
        List<Stored> stored,
        Map<String, Long> metrics,
        List<String> quarantine) {

    /**
     * @param tag its label; empty: it has none
     * @param version that of its ETag
     * @param problem the type of its problem, shortened; null: it has none
     * @param value null: it has none
     * @param retryOf the job that it is another try of
     */
    record Listed(
            String id,
            String tag,
            String pool,
            String state,
            long version,
            List<Run> runs,
            @Nullable String problem,
            @Nullable String value,
            @Nullable String retryOf) {
        boolean ready() {
            return Automaton.FINAL.contains(state);
        }

        boolean quarantined() {
            return "quarantined".equals(problem);
        }

        /** Whether it has this end. */
        boolean failed(String with) {
            return state.equals("failed") && with.equals(problem);
        }

        /** Of the task that has most of them: the runs that cost it a worker, by whose doing ever. */
        List<Run> crashes() {
            return runs.stream()
                    .filter(Run::crashed)
                    .collect(groupingBy(Run::firstItem))
                    .values()
                    .stream()
                    .max(comparingInt(List::size))
                    .orElse(List.of());
        }
    }

    /**
     * One attempt.
     *
     * @param problem the type of its problem, shortened; null: it has none
     * @param reason of a lost worker
     */
    record Run(int n, long firstItem, long pid, @Nullable String problem, @Nullable String reason) {
        boolean lostWithService() {
            return "service_lost".equals(reason);
        }

        boolean lost() {
            return "worker-lost".equals(problem);
        }

        boolean crashed() {
            return lost() && !lostWithService();
        }
    }

    /**
     * @param epoch how often it has been claimed
     * @param version of its record
     * @param tracked whether its tasks were written down one by one: not if somebody waited for it at first
     */
    record Stored(String id, String state, int epoch, long version, boolean tracked) {}
}
