package io.procpool.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The accepted jobs of one pool: how many are in memory, and whether others wait in the store. The feeder's lock guards it. */
final class Line {
    /** So many are in memory at most; besides them as many again that are to go before. */
    static final int WINDOW = 1_000;

    /** More are fetched when so many places are free: not one by one. */
    private static final int LEAST_FETCHED = WINDOW / 4;

    private static final int FEW = 10;

    private int live;
    private int resting;
    private boolean waiting;
    private @Nullable Instant nextDue;
    private long arrivals;
    private int coming;

    /** The highest priority of those that wait in the store, as far as is known. */
    private int highest;

    /** Whether a new one goes past the store: those that wait there come before it, unless their priority is lower. */
    boolean enter(int priority) {
        boolean behind = waiting && nextDue == null && priority <= highest;
        if (behind || live >= (priority > 0 ? 2 * WINDOW : WINDOW)) {
            return false;
        }
        live++;
        return true;
    }

    /** One is about to be accepted: it will be in memory, or wait. */
    void expect() {
        coming++;
    }

    /**
     * It is there, or was refused.
     *
     * @return whether nothing waits any more
     */
    boolean come() {
        coming--;
        return coming == 0 && !waiting;
    }

    /** Whether something is there for the pool outside of its queue. */
    boolean isWanted() {
        return waiting || coming > 0;
    }

    /** One that was run already is accepted: nobody asks for room. */
    void join() {
        live++;
    }

    void leave() {
        live--;
    }

    /** @param priority its own; the highest there is, if that is not known */
    void arrived(int priority) {
        highest = waiting && nextDue == null ? Math.max(highest, priority) : priority;
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

    /** Whether one more goes in even if there is no memory for it: else the pool could stand still. */
    boolean isEmpty() {
        return live == 0 && resting < FEW;
    }

    long arrivals() {
        return arrivals;
    }

    /** Whether one that pauses gives its place to another: as many as have places may do so. */
    boolean rest() {
        boolean room = resting < WINDOW;
        if (room) {
            resting++;
            live--;
        }
        return room;
    }

    /** It goes on. */
    void wake() {
        resting--;
        live++;
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
        return !isWanted();
    }

    /** When something can be fetched, if there is room; null: nobody knows of any. */
    @Nullable Instant nextDue() {
        return waiting ? nextDue : null;
    }
}
