package functions;

/** Nobody names it. */
public final class Unlisted {
    private Unlisted() {}

    public static String secret() {
        return "secret";
    }
}
