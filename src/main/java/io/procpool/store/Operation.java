package io.procpool.store;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something to be written, and who waits for that. */
final class Operation<T extends @Nullable Object> {
    /** Writes with the writer's session, within a transaction that others share. May run again if that has failed. */
    interface Work<T extends @Nullable Object> {
        T on(Session session) throws SQLException;
    }

    private final Work<T> work;
    private final boolean owed;
    private final long bytes;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private @Nullable T result;

    /**
     * @param owed whether it belongs to what is accepted: it waits for room, while new things are refused
     * @param bytes about what it takes in memory
     */
    Operation(Work<T> work, boolean owed, long bytes) {
        this.work = work;
        this.owed = owed;
        this.bytes = bytes;
    }

    boolean owed() {
        return owed;
    }

    long bytes() {
        return bytes;
    }

    CompletableFuture<T> done() {
        return done;
    }

    void run(Session session) throws SQLException {
        result = work.on(session);
    }

    /** What it has brought lasts now. */
    @SuppressWarnings("NullAway") // where null is none of T's values, run has set it
    void complete() {
        done.complete(result);
    }

    void fail(Throwable why) {
        done.completeExceptionally(why);
    }
}
