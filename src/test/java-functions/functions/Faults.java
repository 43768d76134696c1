package functions;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/** What {@code faults.py} has for Python: functions that harm their worker, or try to. */
public final class Faults {
    private static final List<byte[]> HOARD = new ArrayList<>();

    private Faults() {}

    public static void append(String path, Object text) {
        Files.append(path, text);
    }

    public static Object record(String path, Object item) {
        Files.append(path, item);
        return item;
    }

    public static Object recordSlowly(String path, Object item) throws InterruptedException {
        Files.append(path, item);
        Thread.sleep(10);
        return item;
    }

    public static String text(int count) {
        return "x".repeat(count);
    }

    /** Until that file is there. Returns who has waited. */
    public static long waitFor(String path) throws InterruptedException {
        Files.await(path);
        return Files.pid();
    }

    public static void forEver(Object... ignored) {
        Files.forEver();
    }

    // --- ends of a worker

    public static void crash(String how) throws Exception {
        System.out.println("crash by " + how);
        switch (how) {
            case "kill" -> Tasks.killMe("KILL");
            case "segfault" -> Tasks.segfault();
            case "abort" -> Tasks.killMe("ABRT");
            default -> Runtime.getRuntime().halt(Integer.parseInt(how));
        }
    }

    public static int crashIf(int item, int bad, String how) throws Exception {
        if (item == bad) {
            crash(how);
        }
        return item;
    }

    /** An initializer or a task that says who it is, and then ends by a signal only. */
    public static void beginForEver(String path) {
        Files.append(path, Files.pid());
        Files.forEver();
    }

    /** For an initializer that works in a worker that does not. */
    public static void dieSoon() {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                Thread.sleep(20);
                            } catch (InterruptedException ignored) {
                                Thread.interrupted();
                            }
                            Runtime.getRuntime().halt(9);
                        });
    }

    /** Its message has to be made, and cannot be. */
    public static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not me");
        }
    }

    public static void raiseUnspeakable() {
        throw new Unspeakable();
    }

    public static void raiseWithCause() {
        try {
            Tasks.fail("the cause");
        } catch (IllegalArgumentException cause) {
            throw new IllegalStateException("the effect", cause);
        }
    }

    public static void raiseError() {
        throw new AssertionError("an error, not an exception");
    }

    public static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    // --- memory, output, descriptors

    public static void exhaustMemory() {
        var kept = new ArrayList<byte[]>();
        while (true) {
            kept.add(new byte[1 << 20]);
        }
    }

    /** In a thread that nobody waits for. */
    public static void exhaustMemoryElsewhere() {
        Thread.ofPlatform().start(Faults::exhaustMemory);
        Files.forEver();
    }

    public static int askForTooMuch() {
        return new byte[Integer.MAX_VALUE].length;
    }

    public static long keepMemory(int count) {
        HOARD.add(new byte[count]);
        return Files.pid();
    }

    public static void keepMemoryAndWait(int count) {
        System.out.println("holding " + keepMemory(count));
        Files.forEver();
    }

    public static double flood(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        var piece = "x".repeat(65536);
        while (System.nanoTime() < end) {
            System.out.print(piece);
        }
        System.out.print("the end");
        return seconds;
    }

    public static long closeStreams() {
        System.out.close();
        System.err.close();
        return Files.pid();
    }

    public static long replaceStreams() {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err)));
        System.setIn(null);
        return Files.pid();
    }

    public static int readStdin() throws IOException {
        return System.in.read();
    }

    public static long speak(String text) {
        System.out.println(text);
        System.err.println(text);
        return Files.pid();
    }

    /** A thread that the task starts speaks, and the task does not wait for it before it has. */
    public static void speakElsewhere(String text) throws InterruptedException {
        var thread = Thread.ofPlatform().start(() -> System.out.println(text));
        thread.join();
    }

    /** By a child process. */
    public static int speakByChild(String text) throws Exception {
        return new ProcessBuilder("echo", text).inheritIO().start().waitFor();
    }

    // --- what does not want to end

    /** Until it is interrupted. */
    public static void sleepForEver(String path) throws InterruptedException {
        Files.append(path, Files.pid());
        Thread.sleep(Long.MAX_VALUE);
    }

    public static long stopListening() {
        Files.ignoreSigterm();
        return Files.pid();
    }

    public static void beDeaf(String path) {
        Files.ignoreSigterm();
        Files.append(path, Files.pid());
        Tasks.spin();
    }

    /** What is no daemon keeps a Java program alive. */
    public static long leakThread() {
        Thread.ofPlatform().daemon(false).start(Tasks::spin);
        return Files.pid();
    }

    public static long hangAtExit() {
        Runtime.getRuntime().addShutdownHook(new Thread(Files::forEver));
        return Files.pid();
    }

    /** Leaves a daemon behind, by a return or a crash. */
    public static long leaveDaemon(String path, String how) throws Exception {
        Files.daemon(path);
        if (!how.equals("return")) {
            crash(how);
        }
        return Files.pid();
    }

    /** A worker and a child in its process group. */
    public static void beParent(String path) throws IOException {
        var child = new ProcessBuilder("sleep", "600").start();
        Files.append(path, child.pid());
        beginForEver(path);
    }

    /** A worker that spins, and a daemon of its own; both are deaf. */
    public static void beFamily(String path) throws Exception {
        Files.daemon(path);
        beDeaf(path);
    }

    // --- what the next task would find

    public static void changeSurroundings() {
        Locale.setDefault(Locale.of("tlh"));
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
        Thread.currentThread().setContextClassLoader(null);
        Thread.currentThread().interrupt();
    }

    public static List<Object> surroundings() {
        var thread = Thread.currentThread();
        return List.of(
                Locale.getDefault().toLanguageTag(),
                TimeZone.getDefault().getID(),
                thread.getContextClassLoader() == Faults.class.getClassLoader(),
                thread.isInterrupted());
    }
}
