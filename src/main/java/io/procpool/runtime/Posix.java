package io.procpool.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The calls of POSIX.1-2017 that Java has no word for. */
@SuppressWarnings("restricted") // native access is granted in the manifest and by the build
final class Posix {
    private static final MethodHandle KILL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));

    private Posix() {}

    /**
     * Signals a whole process group, kill(3p). For groups whose leader nobody holds un-reaped any more: a live member still keeps
     * the number from being given to another.
     *
     * @return false if there is no such group, or it is not ours to signal: the number may be another user's by now
     */
    static boolean signalGroup(long group, int signal) {
        if (group <= 1) {
            throw new IllegalArgumentException(
                    "no process group of a worker: " + group); // -1 would be everybody
        }
        try {
            return (int) KILL.invokeExact((int) -group, signal) == 0;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
