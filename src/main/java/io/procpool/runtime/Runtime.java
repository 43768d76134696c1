package io.procpool.runtime;

/** A kind of worker: {@code python}; others follow. */
@SuppressWarnings("AvoidCommonTypeNames") // the word of the field; java.lang's is never meant here
public interface Runtime {
    /** The name in a pool's specification. */
    String name();

    /** What it is here, for people: {@code python 3.11}; or why it can't be used. */
    String description();

    /**
     * Gets ready to start workers; takes as long as the imports do.
     *
     * @throws StartFailed if no worker could be started this way
     */
    Launcher open(LaunchSpec spec) throws StartFailed;
}
