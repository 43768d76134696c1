package io.procpool.pool;

import io.procpool.problem.Failure;

/** A call that had its turn and could not be run by the worker it met: it is next, before everything else. */
record Again(Call call) implements Work {
    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public boolean waitedFor() {
        return false; // it has been counted
    }

    @Override
    public Taken next(int processes) {
        return new Taken(call, false);
    }

    @Override
    public void drop(Failure why) {
        call.listener().ended(new Outcome.Failed(why), null);
    }
}
