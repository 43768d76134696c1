package functions;

/** Its method is not that of its child. */
public class Parent {
    public static String inherited() {
        return "inherited";
    }
}
