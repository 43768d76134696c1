package functions;

import io.procpool.worker.Current;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Functions that say how far they are, and ask which attempt they are. */
public final class Says {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Says() {}

    public static List<Object> known() {
        var known = new ArrayList<Object>();
        known.add(Current.job());
        known.add(Current.task());
        known.add(Current.attempt());
        return known;
    }

    /** In the call's own thread, in one that it starts, and in a virtual one. */
    public static List<List<Object>> whoami() throws InterruptedException {
        var found = new ArrayList<List<Object>>();
        found.add(known());
        var thread = new Thread(() -> found.add(known()));
        thread.start();
        thread.join();
        Thread.ofVirtual().start(() -> found.add(known())).join();
        return found;
    }

    public static void done(double done) {
        Current.progress(done);
    }

    public static void all(double done, double total, String note) {
        Current.progress(0);
        Current.progress(done - 1, total);
        Current.progress(done, total, note);
    }

    public static void whole() {
        Current.progress(1, 4, "größe \ud83d" + "n".repeat(2000));
    }

    public static void halves() {
        Current.progress(1, 2);
        Current.progress(1, "half");
    }

    public static double flood(double seconds) {
        long begun = System.nanoTime();
        double done = 0;
        while (System.nanoTime() - begun < seconds * 1e9) {
            Current.progress(++done);
        }
        return done;
    }

    public static void hang(double done) throws InterruptedException {
        Current.progress(done);
        NEVER.await();
    }

    public static boolean interrupted() {
        Thread.currentThread().interrupt();
        Current.progress(7);
        return Thread.currentThread().isInterrupted();
    }

    /** From a thread that outlives the call. */
    public static void later(String path) {
        var thread =
                new Thread(
                        () -> {
                            while (!Files.exists(Path.of(path))) {
                                Thread.onSpinWait();
                            }
                            Current.progress(99);
                            path(path + ".said");
                        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void path(String name) {
        try {
            Files.createFile(Path.of(name));
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    public static void nonsense() {
        Current.progress(1, Double.NaN);
    }

    /** What a function sees of the worker around it. */
    public static String seen(String name) {
        try {
            return Class.forName(name).getName();
        } catch (ClassNotFoundException unseen) {
            return "not seen";
        }
    }
}
