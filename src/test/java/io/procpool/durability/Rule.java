package io.procpool.durability;

/** What must hold. */
enum Rule {
    /** What was accepted is there, all the time, and comes to its end. */
    NOTHING_LOST,
    /** What is there was asked for, and not refused. */
    NO_PHANTOM,
    /** What was wanted once is there once, with the same id on each answer. */
    ONE_JOB,
    /** States follow each other as published; nothing follows a final one. */
    LEGAL_STATES,
    /** Runs of a task are numbered without gap and without repeat, and each that began is on record. */
    ATTEMPTS,
    /** A task that may run at most once does. */
    AT_MOST_ONCE,
    /** A final job reads the same, to the byte, ever after. */
    ONE_RESULT,
    /** The result is that of the last run that was granted. */
    HIGHEST_EPOCH,
    /** The result is what the function gives. */
    RIGHT_VALUE,
    /** What has been cancelled does not begin. */
    CANCELLED,
    /** What has succeeded has run. */
    SUCCEEDED_RAN,
    /** What is harmless succeeds, what raises has raised, what kills is put aside: unless somebody wanted it otherwise. */
    RIGHT_END,
    /** A task is charged only for the workers that it lost. */
    NEIGHBOURS,
    /** In quarantine is what has crashed three times, for as long as nobody lets it go. */
    QUARANTINE,
    /** What was forgotten is unknown from then on. */
    FORGOTTEN,
    /** API, database and metrics count the same. */
    BOOKS
}
