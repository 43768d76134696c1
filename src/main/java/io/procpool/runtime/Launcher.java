package io.procpool.runtime;

import io.procpool.function.Catalogue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts the workers of one generation of a pool. Any thread may use it. */
public interface Launcher extends AutoCloseable {
    /** What its workers can call. */
    Catalogue catalogue();

    /** The start method in use, which a warning explains if it is not the one asked for. */
    String startMethod();

    List<String> warnings();

    /** What its workers say they are, for people; empty if what the runtime is says it. */
    default Optional<String> description() {
        return Optional.empty();
    }

    /**
     * Starts a worker and waits until it has been welcomed.
     *
     * @param within what time
     * @throws StartFailed if it has not by then; nothing of it is left running
     */
    Worker start(Duration within) throws StartFailed;

    /** False once it can start no more workers: it was closed, or lost with all its workers. */
    boolean usable();

    /** Ends it and every worker it has left. Returns when they are gone. */
    @Override
    void close();
}
