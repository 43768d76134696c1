package functions;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** What {@code tasks.py} has for Python: functions that the tests of the service call. */
public final class Tasks {
    private Tasks() {}

    public static int add(int a, int b) {
        return a + b;
    }

    public static int add(int a) {
        return a + 1;
    }

    public static Object echo() {
        return null;
    }

    public static Object echo(Object value) {
        return value;
    }

    public static long pid() {
        return Files.pid();
    }

    public static long pid(Object item) {
        return Files.pid();
    }

    public static double nap(double seconds) throws InterruptedException {
        Thread.sleep(Duration.ofNanos((long) (seconds * 1e9)));
        return seconds;
    }

    public static Object say(String text) {
        return say(text, null);
    }

    public static Object say(String text, Object value) {
        System.out.println(text);
        return value;
    }

    public static void fail() {
        fail("no");
    }

    public static void fail(String message) {
        throw new IllegalArgumentException(message);
    }

    public static int failIfOdd(int n) {
        if (n % 2 != 0) {
            throw new IllegalArgumentException("odd: " + n);
        }
        return n;
    }

    public static void exitNow(int code) {
        Runtime.getRuntime().halt(code);
    }

    public static void leave(int code) {
        System.exit(code);
    }

    public static void segfault() {
        MemorySegment.NULL.reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 1);
    }

    public static void killMe() throws Exception {
        killMe("KILL");
    }

    public static void killMe(String signal) throws Exception {
        Files.signal(signal, Files.pid());
        Files.forEver();
    }

    public static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }

    public static void spinDeaf() {
        Files.ignoreSigterm();
        spin();
    }

    public static void append(String path, String text) {
        Files.append(path, text);
    }

    /** An initializer that leaves a trace. */
    public static void startIn(String path) {
        System.out.println("Starting " + Files.pid());
        Files.append(path, "init " + Files.pid());
    }

    public static long runIn(String path) {
        return runIn(path, null);
    }

    public static long runIn(String path, Object item) {
        Files.append(path, "run " + Files.pid() + " " + item);
        return Files.pid();
    }

    public static void brokenInitializer() {
        brokenInitializer("cannot begin");
    }

    public static void brokenInitializer(String message) {
        throw new IllegalStateException(message);
    }
}
