package io.procpool.job;

import io.procpool.payload.InFlight;
import io.procpool.payload.LineReader;

/**
 * What a stream's items, and its values that are not written yet, take of the memory for bodies. As much as its reader's buffer it has without asking: so
 * a stream of small items can always be read. Not thread safe.
 */
final class Share {
    private final InFlight.Hold hold;
    private long items;
    private long values;
    private long handedItems;
    private long handedValues;
    private long held;
    private boolean prepaid;
    private boolean settled;

    Share(InFlight.Hold hold) {
        this.hold = hold;
    }

    /** The items are held already. */
    void prepay() {
        prepaid = true;
    }

    /** From now on nothing is asked for: it was given back with the rest. */
    void settle() {
        settled = true;
    }

    /** Of items and values. */
    long bytes() {
        return items + values;
    }

    /** Whether there is memory for so many more bytes of items; it is held then. */
    boolean covers(long more) {
        long missing = missing(more);
        if (missing <= 0) {
            return true;
        }
        if (!hold.tryGrow(missing)) {
            return false;
        }
        held += missing;
        return true;
    }

    /** So many bytes of items are there now, which it {@link #covers}. */
    void add(long length) {
        items += length;
    }

    /** So many bytes of values are there now, whether there is memory for them or not. */
    void charge(long length) {
        values += length;
        long missing = missing(0);
        if (missing > 0) {
            hold.take(missing);
            held += missing;
        }
    }

    private long missing(long more) {
        return settled ? 0 : due(more) - held;
    }

    private long due(long more) {
        return Math.max(0, values + (prepaid ? 0 : items + more) - LineReader.BUFFER);
    }

    /**
     * Whether all together hold more memory than they may. Only values can have come that far, so somebody has some to write, and soon there is less or
     * that somebody is given up. Nothing that brings more of them is to be begun until then.
     */
    boolean overdrawn() {
        return !settled && hold.overdrawn();
    }

    /** A chunk is being written. */
    void hand(long ofItems, long ofValues) {
        handedItems += ofItems;
        handedValues += ofValues;
    }

    /** What was handed out is written. */
    void release() {
        items -= handedItems;
        values -= handedValues;
        handedItems = 0;
        handedValues = 0;
        long less = held - due(0);
        if (!settled && less > 0) {
            hold.shrink(less);
            held -= less;
        }
    }
}
