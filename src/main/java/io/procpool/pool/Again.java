package io.procpool.pool;

import io.procpool.problem.Failure;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A call that had its turn and could not be run by the worker it met: it is next, before everything else. While it waits it can be cancelled, on any
 * thread; whoever takes it first has it.
 */
final class Again implements Work {
    private final Call call;
    private final AtomicBoolean taken = new AtomicBoolean();

    Again(Call call) {
        this.call = call;
    }

    /** Puts a call back, to be next. */
    static void to(Pool pool, Call call) {
        var again = new Again(call);
        again.onCancel(() -> pool.withdraw(again)); // first: whoever takes it sets another
        pool.queue().again(again);
        if (again.isTaken()) {
            pool.withdraw(again); // it was cancelled before it was in
        }
    }

    /** @param afterwards when it was cancelled while it waited */
    static Again waiting(Call call, Runnable afterwards) {
        var again = new Again(call);
        again.onCancel(afterwards);
        return again;
    }

    private void onCancel(Runnable afterwards) {
        Runnable cancel =
                () -> {
                    drop(new Failure.Cancelled());
                    afterwards.run();
                };
        call.onCancel(cancel);
        if (call.cancelled()) {
            cancel.run();
        }
    }

    /** Null: it has been cancelled. */
    @Nullable Call take() {
        return taken.compareAndSet(false, true) ? call : null;
    }

    boolean isTaken() {
        return taken.get();
    }

    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean waitedFor() {
        return false; // it has been counted
    }

    @Override
    public @Nullable Taken next(int processes) {
        var mine = take();
        return mine == null ? null : new Taken(mine, false);
    }

    @Override
    public void drop(Failure why) {
        if (take() != null) {
            call.listener().ended(new Outcome.Failed(why), null);
        }
    }
}
