package io.procpool.contract;

/** What not every kind of worker has. A behaviour that needs one is skipped where it is missing, and says why. */
enum Trait {
    /** Each worker is a process of its own: what one does or meets is no concern of the others. */
    OWN_PROCESS,
    /** Numbers of any size and form come back as they were sent. */
    EXACT_NUMBERS,
    /** Functions take arguments by their names. */
    NAMED_ARGUMENTS,
    /** The service knows before a call what functions take, and tells it. */
    SIGNATURES,
    /** What a process had used is known when it has died. */
    COST_OF_LOSS,
    /** Who serves a task kills what it has left behind before it answers. */
    TIDY
}
