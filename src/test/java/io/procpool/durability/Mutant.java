package io.procpool.durability;

/** Guards that are taken out, each alone, to see that it is missed. */
enum Mutant {
    ANSWER_BEFORE_COMMIT,
    KEY_NOT_UNIQUE,
    NO_EPOCH_IN_WHERE,
    NEIGHBOURS_ARE_CHARGED
}
