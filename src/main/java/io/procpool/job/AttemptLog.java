package io.procpool.job;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** The attempts of a job, the failed ones before the others, so many that a map of a million tasks stays small. Not thread safe. */
final class AttemptLog {
    private static final int FAILED = 50;
    private static final int SUCCEEDED = 50;

    private final List<Attempt> failed = new ArrayList<>();
    private final Deque<Attempt> succeeded = new ArrayDeque<>();

    /** The first failed ones stay, as do the last that succeeded. */
    void add(Attempt attempt) {
        if (attempt.problem() == null) {
            if (succeeded.size() == SUCCEEDED) {
                succeeded.remove();
            }
            succeeded.add(attempt);
        } else if (failed.size() < FAILED) {
            failed.add(attempt);
        }
    }

    List<Attempt> all() {
        var all = new ArrayList<>(failed);
        all.addAll(succeeded);
        all.sort(Comparator.comparing(Attempt::started).thenComparingLong(Attempt::firstItem));
        return List.copyOf(all);
    }
}
