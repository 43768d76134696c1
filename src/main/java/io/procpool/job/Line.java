package io.procpool.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The accepted jobs of one pool: how many are in memory, and whether others wait in the store. The feeder's lock guards it. */
final class Line {
    /** So many are in memory at most. */
    static final int WINDOW = 1_000;

    /** More are fetched when so many places are free: not one by one. */
    private static final int LEAST_FETCHED = WINDOW / 4;

    private int live;
    private boolean waiting;
    private @Nullable Instant nextDue;
    private long arrivals;

    /** Whether a new one goes past the store: those that wait there come before it. */
    boolean enter() {
        if (live >= WINDOW || (waiting && nextDue == null)) {
            return false;
        }
        live++;
        return true;
    }

    /** One that was run already is accepted: nobody asks for room. */
    void join() {
        live++;
    }

    void leave() {
        live--;
    }

    void arrived() {
        waiting = true;
        nextDue = null;
        arrivals++;
    }

    boolean isWaiting() {
        return waiting;
    }

    /** How many may be fetched now; 0: it is not worth it, or nothing can be. */
    int room(Instant now) {
        boolean due = waiting && (nextDue == null || !nextDue.isAfter(now));
        return due && live <= WINDOW - LEAST_FETCHED ? WINDOW - live : 0;
    }

    boolean isEmpty() {
        return live == 0;
    }

    long arrivals() {
        return arrivals;
    }

    /** So many are about to be claimed. */
    void reserve(int places) {
        live += places;
    }

    /** So many fewer were. */
    void free(int places) {
        live -= places;
    }

    /**
     * What the store has kept is known.
     *
     * @param before the {@link #arrivals} when it was asked: what has come since it may not have seen
     * @param due when the next one can be claimed; null: it has none
     * @return whether nothing waits any more
     */
    boolean fetched(long before, @Nullable Instant due) {
        if (arrivals != before) {
            return false;
        }
        nextDue = due;
        waiting = due != null;
        return !waiting;
    }

    /** When something can be fetched, if there is room; null: nobody knows of any. */
    @Nullable Instant nextDue() {
        return waiting ? nextDue : null;
    }
}
