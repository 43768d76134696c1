package functions;

/** Is not public. */
final class Hidden {
    private Hidden() {}

    public static String secret() {
        return "secret";
    }
}
