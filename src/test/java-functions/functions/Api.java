package functions;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code api_functions.py} has for Python: functions that the tests of the HTTP contract call. */
public final class Api {
    private static final List<byte[]> KEPT = new ArrayList<>();
    private static Object initializedWith;

    private Api() {}

    public static Object same() {
        return null;
    }

    public static Object same(Object value) {
        return value;
    }

    public static Map<String, Object> named(Object first, Optional<String> second) {
        var all = new HashMap<String, Object>();
        all.put("first", first);
        second.ifPresent(text -> all.put("second", text));
        return all;
    }

    public static int size(String text) {
        return text.length();
    }

    /** A value whose JSON text has so many bytes. */
    public static String textOf(int count) {
        return "x".repeat(count - 2);
    }

    public static int[] codePoints(String text) {
        return text.codePoints().toArray();
    }

    public static int depth(Object value) {
        int deepest = 0;
        for (Object next = value; next instanceof List<?> list; deepest++) {
            next = list.isEmpty() ? null : list.getFirst();
        }
        return deepest;
    }

    public static Object nest(int levels) {
        List<Object> value = List.of();
        for (int i = 1; i < levels; i++) {
            value = List.of(value);
        }
        return value;
    }

    /** What has no JSON form. */
    public static Object oddValues(String kind) {
        var circle = new ArrayList<Object>();
        circle.add(circle);
        return switch (kind) {
            case "nan" -> Double.NaN;
            case "infinity" -> Double.NEGATIVE_INFINITY;
            case "nan inside" -> Map.of("a", List.of(1, Double.NaN));
            case "object" -> new Object();
            case "surrogate" -> "\ud800";
            case "circle" -> circle;
            case "function" -> (Runnable) () -> {};
            case "thread" -> Thread.currentThread();
            case "float" -> new float[] {Float.NaN};
            case "numbers" -> new double[] {1, Double.POSITIVE_INFINITY};
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** Until that file is there. */
    public static Object waitFor(String path, Object value) throws InterruptedException {
        Files.await(path);
        return value;
    }

    public static Object waitFor(String path) throws InterruptedException {
        return waitFor(path, null);
    }

    public static Object note(String path, Object text) {
        return note(path, text, null);
    }

    public static Object note(String path, Object text, Object value) {
        Files.append(path, text);
        return value;
    }

    public static int noteAndFailAt(String path, int item, int failing) {
        Files.append(path, item);
        if (item == failing) {
            throw new IllegalArgumentException("item " + item);
        }
        return item;
    }

    public static Object noteAndWait(String path, Object item, String gate)
            throws InterruptedException {
        Files.append(path, item);
        return waitFor(gate, item);
    }

    /** From now on this worker needs more than a SIGTERM. */
    public static void beDeaf() {
        Files.ignoreSigterm();
    }

    public static int exitAt(int item, int failing) {
        if (item == failing) {
            Runtime.getRuntime().halt(7);
        }
        return item;
    }

    public static int spinAt(int item, int failing) {
        while (item == failing) {
            Thread.onSpinWait();
        }
        return item;
    }

    /** Processor time of about so many seconds: this thread does nothing else. */
    public static void burn(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /** Some tens of microseconds. */
    public static int work(int item) {
        double total = 0;
        for (int number = 1; number < 5000; number++) {
            total += Math.sqrt(number);
        }
        return total > 0 ? item : -1;
    }

    public static long useMemory(int megabytes) {
        Arrays.fill(new byte[megabytes << 20], (byte) 1);
        return Files.pid();
    }

    public static long leak(int megabytes) {
        var more = new byte[megabytes << 20];
        Arrays.fill(more, (byte) 1);
        KEPT.add(more);
        return Files.pid();
    }

    public static void leakWithoutEnd() throws InterruptedException {
        while (true) {
            leak(4);
            Thread.sleep(10);
        }
    }

    /** Lines of 100 bytes, then one that is the last. */
    public static void flood(int lines) {
        for (int number = 0; number < lines; number++) {
            System.out.println(String.format("%099d", number));
        }
        System.out.println("the last line");
    }

    public static void sayAndDie(String text) {
        System.out.println(text);
        System.err.println("and an error");
        Runtime.getRuntime().halt(3);
    }

    public static Map<String, String> environment() {
        return System.getenv();
    }

    public static void initialize(Object value) {
        initializedWith = value;
    }

    public static List<Object> initializedWith() {
        return Arrays.asList(initializedWith, Files.pid());
    }

    public static List<Object> initializedWith(Object item) {
        return initializedWith();
    }

    public static void initializeWhen(String path) throws InterruptedException {
        Files.await(path);
    }
}
