package io.procpool.api;

import io.procpool.service.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A second service for what needs settings of its own: little memory for bodies, another name, a folder to write in. */
final class LimitedService {
    static final String HOST = "pool.example";

    /** The share of the heap that bodies may take: 60 MiB, or one percent if that is more. */
    static final double IN_FLIGHT =
            Math.max(0.01, 60.0 * (1 << 20) / Runtime.getRuntime().maxMemory());

    private static final Path FUNCTIONS = folder();

    private LimitedService() {}

    private static Path folder() {
        try {
            var folder = Files.createTempDirectory("functions");
            Files.writeString(folder.resolve("there.py"), "def same(value):\n    return value\n");
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Service get() {
        return Service.shared(
                "--procpool.limits.in-flight=" + IN_FLIGHT,
                "--procpool.security.hosts=" + HOST + ",Other.Example",
                "--procpool.functions.path=" + FUNCTIONS,
                "--procpool.pools.default.processes=1",
                "--procpool.pools.configured.processes=1",
                "--procpool.pools.configured.maxtasksperchild=7",
                "--procpool.pools.configured.idle-timeout=60",
                "--procpool.pools.configured.preload=colorsys",
                "--procpool.pools.configured.env.PYTHONHASHSEED=7");
    }

    /** Its functions folder. */
    static Path functions() {
        return FUNCTIONS;
    }
}
