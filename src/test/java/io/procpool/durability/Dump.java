package io.procpool.durability;

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
     * @param problem the type of its problem, shortened; null: it has none
     * @param value null: it has none
     * @param retryOf the job that it is another try of
     */
    record Listed(
            String id,
            String tag,
            String state,
            List<Run> runs,
            @Nullable String problem,
            @Nullable String value,
            @Nullable String retryOf) {
        boolean ready() {
            return Automaton.FINAL.contains(state);
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
    }

    /**
     * @param epoch how often it has been claimed
     * @param version of its record
     */
    record Stored(String id, String state, int epoch, long version) {}
}
