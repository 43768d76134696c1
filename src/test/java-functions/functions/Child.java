package functions;

/** Inherits a function, which can't be called by its name. */
public final class Child extends Parent {
    private Child() {}

    public static String own() {
        return "own";
    }
}
