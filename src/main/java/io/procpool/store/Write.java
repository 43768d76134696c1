package io.procpool.store;

import io.procpool.problem.Refusal;
import io.procpool.problem.Refused;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that is to be written: in one transaction with others, and undone with them if one of them fails; then it is done again, alone. So its work must have no effect but
 * on the database.
 *
 * @param <T> what it comes to
 */
final class Write<T extends @Nullable Object> {
    interface Work<T extends @Nullable Object> {
        T on(Transaction transaction) throws SQLException, IOException;
    }

    private final Work<T> work;
    private final boolean refusable;
    private final boolean awaited;
    private final long weight;
    private final CompletableFuture<T> end = new CompletableFuture<>();
    private @Nullable T result;

    /**
     * @param refusable whether it is new; if not, it belongs to what has been accepted, and waits for room
     * @param awaited whether its caller stands and waits; if not, others hear of its end in the order of the calls
     * @param weight about how many bytes
     */
    Write(Work<T> work, boolean refusable, boolean awaited, long weight) {
        this.work = work;
        this.refusable = refusable;
        this.awaited = awaited;
        this.weight = weight;
    }

    boolean refusable() {
        return refusable;
    }

    boolean awaited() {
        return awaited;
    }

    long weight() {
        return weight;
    }

    CompletableFuture<T> end() {
        return end;
    }

    void perform(Transaction transaction) throws SQLException, IOException {
        result = work.on(transaction);
    }

    /** It lasts. */
    @SuppressWarnings("NullAway") // a result that may be null is one of a T that may
    void succeed() {
        end.complete(result);
    }

    void refuse(Refusal why) {
        end.completeExceptionally(new Refused(why));
    }

    void fail(Throwable failure) {
        end.completeExceptionally(failure);
    }
}
