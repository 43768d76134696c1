package io.procpool.wire;

import java.util.Optional;

/** The kinds of frames, with their numbers on the wire. */
public enum Kind {
    HELLO(1),
    WELCOME(2),
    CALL(3),
    RESULT(4),
    ERROR(5),
    ASK(6),
    ANSWER(7),
    PROGRESS(8),
    CANCEL(9),
    BYE(10),
    FORK(32),
    FORKED(33),
    SIGNAL(34),
    EXITED(35),
    IMPORTING(36),
    CATALOGUE(37);

    private final int number;

    Kind(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Returns empty for a number that this version does not know: the answer is a typed error, not an end */
    public static Optional<Kind> of(int number) {
        for (var kind : values()) {
            if (kind.number == number) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
