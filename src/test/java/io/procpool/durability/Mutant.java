package io.procpool.durability;

/** Guards that are taken out, each alone, to see that they are missed. */
enum Mutant {
    /** A 202 does not wait for the commit. */
    ANSWER_BEFORE_COMMIT,
    /** Nobody looks whether a key was there before. */
    KEY_NOT_UNIQUE,
    /** The end of a job is taken from whoever has ever claimed it. */
    NO_EPOCH_IN_WHERE,
    /** A crash is written into the books of those that were there as well. */
    NEIGHBOURS_ARE_CHARGED,
    /** The rescue at start ends what it finds, whatever state that is in. */
    RESCUE_WITHOUT_GUARD,
    /** Commits are not synced to the disk. */
    SYNCHRONOUS_OFF
}
