package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.payload.LimitSettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.stereotype.Component;

/** The kinds of workers that this service can start. */
@Component
public final class Runtimes implements AutoCloseable {
    private final WorkerHost host;
    private final PythonRuntime python;
    private final boolean pythonIsSet;
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
        python = new PythonRuntime(host, settings.python(), functions);
        pythonIsSet = !settings.python().isBlank();
        runtimes =
                Map.of(
                        python.name(),
                        python,
                        "java",
                        new JavaRuntime(host, settings.java(), functions),
                        "command",
                        new CommandRuntime(host, functions));
    }

    /** That of pools that name none: Python where there is one or one was set, else Java, which is always there. */
    public String preferred() {
        return pythonIsSet || python.available() ? python.name() : "java";
    }

    public Optional<Runtime> find(String name) {
        return Optional.ofNullable(runtimes.get(name));
    }

    /** All of them, whether they can be used here or not, by name. */
    public List<Runtime> all() {
        return List.copyOf(new TreeMap<>(runtimes).values());
    }

    /** What there is beside the runtimes. */
    public HostFacts host() {
        return new HostFacts();
    }

    /** In alphabetical order. */
    public Set<String> names() {
        return new TreeSet<>(runtimes.keySet());
    }

    @Override
    public void close() {
        host.close();
    }
}
