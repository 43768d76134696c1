package io.procpool.worker;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The system calls that Java has no word for, as Linux on 64 bits has them. On other systems each is a harmless nothing: then a worker
 * does not measure itself, does not see the grandchildren of a task, and is in the group of whoever started it.
 */
@SuppressWarnings("restricted") // native access is granted on the command line of a worker
final class Native {
    private static final boolean LINUX =
            System.getProperty("os.name", "").equals("Linux") && ADDRESS.byteSize() == Long.BYTES;

    private static final int PR_SET_PDEATHSIG = 1; // linux/prctl.h
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int SIGTERM = 15;
    private static final int P_ALL = 0; // bits/waitflags.h
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int RUSAGE_SELF = 0; // bits/resource.h
    private static final int RUSAGE_THREAD = 1;
    private static final long RUSAGE_BYTES = 144;
    private static final int RLIMIT_CORE = 4; // bits/resource.h

    private static final int AF_UNIX = 1; // bits/socket.h
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1; // asm-generic/socket.h
    private static final int SO_SNDTIMEO = 21;
    private static final int SUN_PATH = 108; // sys/un.h
    private static final short POLLOUT = 4; // asm-generic/poll.h

    private static final MethodHandle SETSID = find("setsid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle PRCTL =
            find(
                    "prctl",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
    private static final MethodHandle WAITID =
            find("waitid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle WAITPID =
            find("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETRUSAGE =
            find("getrusage", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private static final MethodHandle SETRLIMIT =
            find("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SOCKET =
            find("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            find(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT =
            find("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle WRITE =
            find("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle POLL =
            find("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle DUP2 =
            find("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Native() {}

    private static MethodHandle find(
            String name, FunctionDescriptor shape, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
    }

    /** We lead a session and so a process group of our own, unless we lead a group already; setsid(2). */
    static void leadSession() {
        if (LINUX) {
            try {
                var _ = (int) SETSID.invokeExact();
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /**
     * SIGTERM for us when the thread that started us is gone, and no SIGKILL: there may be children of tasks to end. Who is deaf to it
     * sees the end of the control connection. Holds as long as the calling thread lives; prctl(2).
     */
    static void dieWithParent() {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    }

    /** What a task leaves behind becomes our child, not init's; prctl(2). */
    static void becomeSubreaper() {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    }

    private static void prctl(int option, long value) {
        if (LINUX) {
            try {
                var _ = (int) PRCTL.invokeExact(option, value, 0L, 0L, 0L);
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** A JVM that crashes ends by its signal, and leaves no file of the size of its memory; setrlimit(2). */
    static void leaveNoCore() {
        if (LINUX) {
            try (var arena = Arena.ofConfined()) {
                var nothing = arena.allocateFrom(JAVA_LONG, 0, 0);
                var _ = (int) SETRLIMIT.invokeExact(RLIMIT_CORE, nothing);
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** Whether there is any child at all, alive or not. One system call: this is asked after every call. */
    static boolean hasChild() {
        if (!LINUX) {
            return false;
        }
        try {
            int options = WEXITED | WNOHANG | WNOWAIT;
            return (int) WAITID.invokeExact(P_ALL, 0, MemorySegment.NULL, options) == 0;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether that child is gone for good. */
    static boolean reap(long pid) {
        if (!LINUX) {
            return true;
        }
        try {
            return (int) WAITPID.invokeExact((int) pid, MemorySegment.NULL, WNOHANG) != 0;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * What was used so far.
     *
     * @param cpuSeconds user and system time
     * @param peakRss bytes; 0 if it is not known
     */
    record Usage(double cpuSeconds, long peakRss) {
        static final Usage UNKNOWN = new Usage(0, 0);
    }

    /** Of this process, or the time of the calling thread only; getrusage(2). */
    static Usage usage(boolean thread) {
        if (!LINUX) {
            return Usage.UNKNOWN;
        }
        try (var arena = Arena.ofConfined()) {
            var rusage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
            int whose = thread ? RUSAGE_THREAD : RUSAGE_SELF;
            if ((int) GETRUSAGE.invokeExact(whose, rusage) != 0) {
                return Usage.UNKNOWN;
            }
            // struct timeval ru_utime, ru_stime (seconds, microseconds each); long ru_maxrss in KiB
            long seconds = at(rusage, 0) + at(rusage, 2);
            long micros = at(rusage, 1) + at(rusage, 3);
            return new Usage(seconds + micros / 1e6, at(rusage, 4) * 1024);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Makes standard output and standard error, those of child processes and of the JVM itself too, a connection to a Unix socket; unix(7).
     *
     * @param hello what is written to it first
     * @param patience seconds after which a write fails that nobody reads
     * @return false if it can't be done here; then standard error is as it was, and standard output in all cases but one: that the system
     *     takes the connection for 1 and not for 2
     */
    static boolean sendOutput(Path socket, byte[] hello, long patience) {
        var path = socket.toString().getBytes(UTF_8);
        if (!LINUX || path.length >= SUN_PATH) {
            return false;
        }
        try (var arena = Arena.ofConfined()) {
            int fd = (int) SOCKET.invokeExact(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (fd < 0) {
                return false;
            }
            var address = arena.allocate(Short.BYTES + SUN_PATH);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, JAVA_BYTE, Short.BYTES, path.length);
            var timeval = arena.allocateFrom(JAVA_LONG, patience, 0);
            var text = arena.allocateFrom(JAVA_BYTE, hello);
            int size = (int) address.byteSize();
            boolean done =
                    (int) CONNECT.invokeExact(fd, address, size) == 0
                            && (int)
                                            SETSOCKOPT.invokeExact(
                                                    fd,
                                                    SOL_SOCKET,
                                                    SO_SNDTIMEO,
                                                    timeval,
                                                    2 * Long.BYTES)
                                    == 0
                            && (long) WRITE.invokeExact(fd, text, (long) hello.length)
                                    == hello.length
                            && (int) DUP2.invokeExact(fd, 1) == 1
                            && (int) DUP2.invokeExact(fd, 2) == 2;
            var _ = (int) CLOSE.invokeExact(fd);
            return done;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether a descriptor takes some bytes at once, or refuses them at once; poll(2). */
    static boolean hasRoom(int descriptor) {
        if (!LINUX) {
            return true;
        }
        try (var arena = Arena.ofConfined()) {
            // struct pollfd: int fd; short events, revents
            var asked = arena.allocate(2 * Integer.BYTES, Integer.BYTES);
            asked.set(JAVA_INT, 0, descriptor);
            asked.set(JAVA_SHORT, Integer.BYTES, POLLOUT);
            return (int) POLL.invokeExact(asked, 1L, 0) > 0;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static long at(MemorySegment longs, int index) {
        return longs.getAtIndex(JAVA_LONG, index);
    }
}
