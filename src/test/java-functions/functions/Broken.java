package functions;

/** Cannot be initialised. */
public final class Broken {
    private static final int NUMBER = Integer.parseInt("no number");

    private Broken() {}

    public static int number() {
        return NUMBER;
    }
}
