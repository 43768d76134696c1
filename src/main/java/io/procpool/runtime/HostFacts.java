package io.procpool.runtime;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this machine is and can do for workers. Nothing in it names a path, a user or a variable. */
public final class HostFacts {
    private static final Logger LOG = LoggerFactory.getLogger(HostFacts.class);
    private static final String CGROUP2 = " - cgroup2 ";

    /** Above the highest number that a process can have (4 Mi on Linux). */
    private static final int NOBODY = Integer.MAX_VALUE;

    HostFacts() {}

    /** Processors that this service may use: a cgroup's limit and an affinity mask count, as in {@code os.process_cpu_count}. */
    public int cpuCount() {
        return java.lang.Runtime.getRuntime().availableProcessors();
    }

    /** Bytes that this machine has, or this service's cgroup may use if that is less; empty where nobody tells. */
    public OptionalLong memory() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean system
                ? OptionalLong.of(system.getTotalMemorySize())
                : OptionalLong.empty();
    }

    /** The most bytes that the service's own heap may take. */
    public long heap() {
        return java.lang.Runtime.getRuntime().maxMemory();
    }

    /** Whether process groups are signalled by kill(2) itself. */
    public boolean signalsGroups() {
        try {
            Posix.signalGroup(NOBODY, 0); // signal 0 is none: it only asks
            return true;
        } catch (LinkageError refused) {
            LOG.debug("Native calls are not allowed, or there is no kill(2)", refused);
            return false;
        }
    }

    /** Whether a program can be made the leader of a session by a tool of the system. */
    public boolean setsid() {
        return Spawner.has("setsid");
    }

    /** Whether a program can be made to die with the service by a tool of the system. */
    public boolean setpriv() {
        return Spawner.has("setpriv");
    }

    public boolean bubblewrap() {
        return Spawner.has("bwrap");
    }

    /** Whether the kernel tells cheaply what memory a process has for itself. */
    public boolean privateMemory() {
        return Files.isReadable(Path.of("/proc/self/smaps_rollup"));
    }

    /** The controllers of cgroup v2 that could be had for workers; none where there is no cgroup v2, or all are bound to v1. */
    public List<String> cgroupControllers() {
        return cgroup2()
                .map(mount -> mount.resolve("cgroup.controllers"))
                .flatMap(HostFacts::text)
                .map(names -> Arrays.stream(names.strip().split("\\s+", -1)).sorted().toList())
                .filter(names -> !names.equals(List.of("")))
                .orElse(List.of());
    }

    /** Where the hierarchy of version 2 is mounted: the fifth field of its line in mountinfo (proc(5)). */
    private static Optional<Path> cgroup2() {
        return text(Path.of("/proc/self/mountinfo"))
                .flatMap(
                        mounts -> mounts.lines().filter(line -> line.contains(CGROUP2)).findFirst())
                .map(line -> Path.of(line.split(" ", -1)[4]));
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException missing) {
            LOG.debug("{} can't be read", file, missing);
            return Optional.empty();
        }
    }
}
