package io.procpool.durability;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client.
 *
 * @param invoked when it was sent, by the clock that {@link System#nanoTime} shares with Python's {@code time.monotonic_ns}
 * @param returned when the client knew what came of it
 */
record Operation(Deed deed, Reply reply, long invoked, long returned) {

    /** What was asked, and what was answered. */
    sealed interface Deed {
        /** Jobs were submitted, in one request. {@code ids} are those of the answer, in the order of what was wanted. */
        record Submitted(
                List<Wanted> wanted, @Nullable String key, String fingerprint, List<String> ids)
                implements Deed {
            public Submitted {
                wanted = List.copyOf(wanted);
                ids = List.copyOf(ids);
            }
        }

        /**
         * The quarantined task of a job was released.
         *
         * @param id the new job's; empty: not known
         */
        record Released(String tag, String job, String id) implements Deed {}

        /** The quarantined task of a job was dropped. */
        record Dropped(String job) implements Deed {}

        /**
         * A job was asked to end.
         *
         * @param state that of the answer; empty: not known
         * @param version that of its ETag; 0: not seen
         */
        record Cancelled(String id, String state, long version) implements Deed {}

        /** A pool was terminated, with all that waits for it. */
        record PoolEnded(String pool) implements Deed {}

        /**
         * A job was looked at.
         *
         * @param version that of its ETag; 0: not seen
         * @param value null: not seen
         */
        record Read(String id, String state, long version, @Nullable String value)
                implements Deed {}

        /** A job was looked at and was said not to be there. */
        record Missed(String id) implements Deed {}

        /** A job was forgotten. */
        record Forgotten(String id) implements Deed {}

        /** A worker was killed from outside. */
        record WorkerKilled(long pid) implements Deed {}
    }

    /** Whether it was over when the other began. */
    boolean before(Operation other) {
        return returned < other.invoked;
    }
}
