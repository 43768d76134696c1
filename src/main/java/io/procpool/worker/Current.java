package io.procpool.worker;

import org.jspecify.annotations.Nullable;

/**
 * For functions that run in Procpool: how far a call is, and which attempt at it this is. The one class of ours that the jars of a functions folder see; compile them
 * against {@code worker.jar}. Elsewhere than in a worker all of it does nothing, so that functions can be tested as they are.
 *
 * <p>It knows the call that the thread works for, also in threads that the call has started. Those of an executor that calls share count as those of the call
 * that started them.
 */
public final class Current {
    private static final InheritableThreadLocal<Telling> OF_THREAD = new InheritableThreadLocal<>();
    private static volatile @Nullable Telling ofJvm;

    private Current() {}

    /** @param alone whether it is the JVM's only worker: then all threads work for it */
    static void serves(Telling telling, boolean alone) {
        OF_THREAD.set(telling);
        if (alone) {
            ofJvm = telling;
        }
    }

    private static @Nullable Telling telling() {
        var mine = OF_THREAD.get();
        return mine == null ? ofJvm : mine;
    }

    /** Tells how far the call is. It costs little: of many in a row some are left out, but never the last one before the call ends. */
    public static void progress(double done) {
        say(done, null, null);
    }

    public static void progress(double done, double total) {
        say(done, total, null);
    }

    /** @param note a word about it, of 1,000 characters at most */
    public static void progress(double done, double total, String note) {
        say(done, total, note);
    }

    public static void progress(double done, String note) {
        say(done, null, note);
    }

    private static void say(double done, @Nullable Double total, @Nullable String note) {
        if (!Double.isFinite(done) || (total != null && !Double.isFinite(total))) {
            throw new IllegalArgumentException("progress is told in finite numbers");
        }
        var telling = telling();
        if (telling != null) {
            telling.say(done, total, note);
        }
    }

    /** The id of the result of the job whose call runs; null outside of one. */
    public static @Nullable String job() {
        var origin = origin();
        return origin == null ? null : origin.job();
    }

    /** Which of the job's tasks it is, from 0; -1 outside of a call. */
    public static int task() {
        var origin = origin();
        return origin == null ? -1 : origin.task();
    }

    /** The how-manieth run of the task it is, from 1: the ones before were lost. 0 outside of a call. */
    public static int attempt() {
        var origin = origin();
        return origin == null ? 0 : origin.attempt();
    }

    private static Telling.@Nullable Origin origin() {
        var telling = telling();
        return telling == null ? null : telling.origin();
    }
}
