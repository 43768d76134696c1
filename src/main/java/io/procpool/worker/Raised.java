package io.procpool.worker;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a function threw, told to somebody who cannot hold it, and without trusting it: its methods are the user's and may throw too. */
final class Raised {
    private static final int LONGEST_TYPE = 1000;
    private static final int LONGEST_MESSAGE = 16_000;
    private static final int LONGEST_TRACEBACK = 64 * 1024;

    private Raised() {}

    static Failed by(Throwable thrown) {
        var type = Failed.text(thrown.getClass().getName(), LONGEST_TYPE);
        var message = message(thrown);
        var summary = message.isEmpty() ? type : type + ": " + message;
        return new Failed(
                Failed.FUNCTION_RAISED,
                summary,
                Map.of(
                        "type", type,
                        "message", message,
                        "traceback", Failed.text(traceback(thrown, summary), LONGEST_TRACEBACK)),
                null);
    }

    private static String message(Throwable thrown) {
        try {
            var message = thrown.getMessage();
            return message == null ? "" : Failed.text(message, LONGEST_MESSAGE);
        } catch (Throwable second) {
            return "(its text cannot be had: getMessage threw " + second.getClass().getName() + ")";
        }
    }

    private static String traceback(Throwable thrown, String summary) {
        var text = new End();
        try {
            var seen = Collections.<Throwable>newSetFromMap(new IdentityHashMap<>());
            cut(thrown, seen);
            thrown.printStackTrace(new PrintWriter(text));
            return text.toString();
        } catch (Throwable failure) {
            return summary;
        }
    }

    /** Without the frames below the function's own: they are ours, and tell nothing to whoever wrote it. */
    private static void cut(@Nullable Throwable thrown, Set<Throwable> seen) {
        for (var next = thrown; next != null && seen.add(next); next = next.getCause()) {
            var frames = next.getStackTrace();
            int end = usersPart(frames);
            if (end < frames.length) {
                next.setStackTrace(Arrays.copyOf(frames, end));
            }
            for (var suppressed : next.getSuppressed()) {
                cut(suppressed, seen);
            }
        }
    }

    /** How many frames, from the innermost on, are the function's and of what it called. */
    static int usersPart(StackTraceElement[] frames) {
        int end = 0;
        while (end < frames.length
                && !frames[end].getClassName().equals(Invocation.class.getName())) {
            end++;
        }
        if (end == frames.length) {
            return end; // of another thread, or cut already
        }
        while (end > 0 && isReflection(frames[end - 1].getClassName())) {
            end--;
        }
        return end;
    }

    private static boolean isReflection(String type) {
        return type.startsWith("java.lang.reflect.")
                || type.startsWith("jdk.internal.reflect.")
                || type.startsWith("java.lang.invoke.");
    }

    /** Keeps the end of what is written: it says what happened. */
    private static final class End extends Writer {
        private final StringBuilder text = new StringBuilder();
        private boolean isCut;

        @Override
        public void write(char[] characters, int offset, int length) {
            text.append(characters, offset, length);
            if (text.length() > 8 * LONGEST_TRACEBACK) {
                shorten();
            }
        }

        private void shorten() {
            if (text.length() > LONGEST_TRACEBACK) {
                text.delete(0, text.length() - LONGEST_TRACEBACK);
                isCut = true;
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            shorten();
            return isCut ? "[…]" + text.substring(3) : text.toString();
        }
    }
}
