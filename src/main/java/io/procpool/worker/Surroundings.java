package io.procpool.worker;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * What a task finds around it, and what of that is put back after it: standard streams, the context class loader, the interrupt flag; in a
 * JVM of its own also default locale and time zone and child processes, which are killed. As the initializer left them: they are looked at
 * before the first task. Threads, system properties and static fields stay as a task leaves them.
 *
 * <p>For the serving thread only.
 */
final class Surroundings {
    private static final Duration CHILDREN_END_WITHIN = Duration.ofSeconds(2);

    private final boolean alone;
    private final Streams streams;
    private final ClassLoader loader;
    private @Nullable Found found;

    /** As the first task found it. */
    private record Found(Locale locale, TimeZone zone, Set<Long> children) {}

    /** @param alone whether no other worker is in this JVM: only then it is known whose a child process is */
    Surroundings(boolean alone, Streams streams, ClassLoader loader) {
        this.alone = alone;
        this.streams = streams;
        this.loader = loader;
    }

    void beforeTask() {
        if (alone && found == null) {
            found =
                    new Found(
                            Locale.getDefault(),
                            TimeZone.getDefault(),
                            new HashSet<>(Children.pids()));
        }
    }

    /** Before the answer: the host takes what has been written until then as this call's output. */
    void afterTask() {
        streams.restore();
        var thread = Thread.currentThread();
        if (!loader.equals(thread.getContextClassLoader())) {
            thread.setContextClassLoader(loader);
        }
        if (found != null) {
            restore(found);
        }
    }

    private static void restore(Found found) {
        if (Native.hasChild()) {
            found.children.removeIf(Native::reap); // of the initializer, and ended by itself
            found.children.addAll(Children.endAll(found.children, CHILDREN_END_WITHIN));
        }
        if (!Locale.getDefault().equals(found.locale)) {
            Locale.setDefault(found.locale);
        }
        if (!TimeZone.getDefault().equals(found.zone)) {
            TimeZone.setDefault(found.zone);
        }
    }
}
