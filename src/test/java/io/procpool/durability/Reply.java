package io.procpool.durability;

/** What a client knows of the effect of a request. */
enum Reply {
    /** It has had its effect. */
    OK,
    /** It has had none. */
    FAIL,
    /** Nobody has said: the answer was lost, or was a 5xx. */
    UNKNOWN
}
