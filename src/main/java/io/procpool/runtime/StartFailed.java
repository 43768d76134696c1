package io.procpool.runtime;

import java.util.concurrent.ExecutionException;

/** A worker, or what starts workers, did not come up. The message is a sentence for the pool's user. */
public final class StartFailed extends Exception {
    private static final long serialVersionUID = 1L;

    public StartFailed(String message) {
        super(message);
    }

    public StartFailed(String message, Throwable cause) {
        super(message, cause);
    }

    /** The failure that a future ended with. */
    static StartFailed because(ExecutionException failure) {
        var cause = failure.getCause();
        return cause instanceof StartFailed known
                ? known
                : new StartFailed(String.valueOf(cause), failure);
    }
}
