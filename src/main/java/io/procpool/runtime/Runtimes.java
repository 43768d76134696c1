package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.payload.LimitSettings;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.stereotype.Component;

/** The kinds of workers that this service can start. */
@Component
public final class Runtimes implements AutoCloseable {
    private final WorkerHost host;
    private final Map<String, Runtime> runtimes;

    /** The service has lost its spawner thread, and its workers with it: a supervisor starts it anew. */
    private static final int EXIT_SOFTWARE = 70; // EX_SOFTWARE of sysexits.h

    Runtimes(
            RuntimeSettings settings,
            FunctionSettings functions,
            LimitSettings limits,
            ApplicationContext context)
            throws IOException {
        var spawner =
                new Spawner(
                        () ->
                                Thread.ofPlatform()
                                        .name("spawner-lost")
                                        .start(
                                                () ->
                                                        java.lang.Runtime.getRuntime()
                                                                .halt(
                                                                        SpringApplication.exit(
                                                                                context,
                                                                                () ->
                                                                                        EXIT_SOFTWARE))));
        host =
                new WorkerHost(
                        new Home(settings.home()),
                        spawner,
                        limits.json(),
                        limits.outputTailBytes());
        runtimes = Map.of("python", new PythonRuntime(host, settings.python(), functions));
    }

    public Optional<Runtime> find(String name) {
        return Optional.ofNullable(runtimes.get(name));
    }

    public Set<String> names() {
        return runtimes.keySet();
    }

    @Override
    public void close() {
        host.close();
    }
}
