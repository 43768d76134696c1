package io.procpool.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Pools of workers in Node.js, for tests of the runtime {@code command}. Pools with a command can only be configured. */
public final class NodePools {
    /** A well-behaved worker with the functions of {@code src/test/node/tasks.js}: its pool is {@code node}. */
    public static final List<String> WORKER =
            List.of("node", "src/test/node/worker.js", "src/test/node/tasks.js");

    private static final int OLDEST = 20; // what String.isWellFormed needs

    private NodePools() {}

    /** The calling test is skipped if there is no Node.js, and says so. */
    public static void requireNode() {
        assumeTrue(majorVersion() >= OLDEST, "there is no Node.js " + OLDEST + " on this machine");
    }

    private static int majorVersion() {
        try {
            var process =
                    new ProcessBuilder("node", "--print", "process.versions.node.split('.')[0]")
                            .start();
            return Integer.parseInt(
                    new String(process.getInputStream().readAllBytes(), UTF_8).strip());
        } catch (IOException | NumberFormatException none) {
            return 0;
        }
    }

    /** The settings of one such pool. {@code more} are settings of it, as {@code processes=1}. */
    public static List<String> pool(String name, List<String> command, String... more) {
        var settings = new ArrayList<String>();
        var prefix = "--procpool.pools." + name + ".";
        settings.add(prefix + "runtime=command");
        settings.add(prefix + "command=" + String.join(",", command));
        Arrays.stream(more).forEach(setting -> settings.add(prefix + setting));
        return settings;
    }

    /** The command line of the worker that breaks the protocol. */
    public static List<String> rogue(String how) {
        return List.of("node", Path.of("src/test/node/rogue.js").toString(), how);
    }

    /** One service with all the pools that the tests need. */
    public static Service service() {
        requireNode();
        var settings = new ArrayList<>(List.of("--procpool.pools.default.processes=1"));
        settings.addAll(pool("node", WORKER, "processes=2", "grace=1"));
        settings.addAll(pool("single", WORKER, "processes=1", "grace=1"));
        settings.addAll(pool("recycled", WORKER, "processes=1", "maxtasksperchild=2"));
        settings.addAll(pool("lean", WORKER, "processes=1", "max-memory-per-child=150000000"));
        settings.addAll(
                pool("rogue", rogue("serve"), "processes=1", "grace=300ms", "task-timeout=20"));
        settings.addAll(
                pool("deaf", rogue("deaf"), "processes=1", "grace=300ms", "task-timeout=20"));
        settings.addAll(
                pool(
                        "prepared",
                        WORKER,
                        "processes=1",
                        "initializer=tasks.say",
                        "initargs=[\"prepared\"]"));
        settings.addAll(
                pool(
                        "unprepared",
                        WORKER,
                        "processes=1",
                        "initializer=tasks.broken_initializer",
                        "start-timeout=5"));
        return Service.shared(settings.toArray(String[]::new));
    }
}
