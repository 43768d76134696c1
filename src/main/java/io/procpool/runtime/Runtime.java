package io.procpool.runtime;

import java.util.List;

/** A kind of worker: {@code python}, {@code java}, {@code command}. */
@SuppressWarnings("AvoidCommonTypeNames") // the word of the field; java.lang's is never meant here
public interface Runtime {
    /** The name in a pool's specification. */
    String name();

    /** What it is here, for people: {@code python 3.11}; or why it can't be used. */
    String description();

    /** Whether it can start workers here, as far as can be known without starting one. */
    boolean available();

    /** What its workers can be. */
    default List<WorkerKind> kinds() {
        return List.of(WorkerKind.PROCESS, WorkerKind.THREAD);
    }

    /** How processes of it can be started, the usual way first. */
    default List<String> startMethods() {
        return List.of("spawn");
    }

    /** Whether a file of this name in the functions folder is a source of its functions: if it changes, so may they. */
    boolean isSource(String fileName);

    /** Names, sizes and times of what else workers are made of, beside the functions folder: if it changes, so do they. */
    default String fingerprint(LaunchSpec spec) {
        return "";
    }

    /** Whether its workers are programs of others, which may send anything: then their answers are checked. */
    default boolean foreign() {
        return false;
    }

    /**
     * Gets ready to start workers; takes as long as the imports do, each of which has a limit.
     *
     * @param patience for a worker that has to be started for that; when it is ended, so is this and every later start of the launcher
     * @throws StartFailed if no worker could be started this way; nothing is left running
     */
    Launcher open(LaunchSpec spec, Patience patience) throws StartFailed;
}
