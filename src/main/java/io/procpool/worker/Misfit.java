package io.procpool.worker;

/** A JSON value is not one of a parameter's type. */
final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    Misfit(String why) {
        super(why, null, false, false);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
