package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.wire.Header;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Java workers: a JVM each, or the threads of one. What runs in it is the room {@code worker}, which the build makes a jar of. */
final class JavaRuntime implements Runtime {
    /** What the names of the allow list begin with that are the JDK's. */
    static final String PLATFORM = "java.";

    private final WorkerHost host;
    private final FunctionSettings functions;
    private final Search<JavaVirtualMachine> machine;
    private final ReentrantLock unpacking = new ReentrantLock();
    private @Nullable WorkerJar jar;

    JavaRuntime(WorkerHost host, String command, FunctionSettings functions) {
        this.host = host;
        this.functions = functions;
        this.machine =
                new Search<>(
                        () -> JavaVirtualMachine.find(command, host.spawner(), host.home().path()));
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public String description() {
        try {
            return "java " + machine.lately().version();
        } catch (StartFailed failure) {
            return "java (not found)";
        }
    }

    @Override
    public boolean available() {
        try {
            return !machine.lately().version().isEmpty();
        } catch (StartFailed missing) {
            return false;
        }
    }

    @Override
    public boolean isSource(String fileName) {
        return fileName.endsWith(".jar") || fileName.equals("java.classes");
    }

    private WorkerJar jar(JavaVirtualMachine found) throws IOException {
        unpacking.lock();
        try {
            var known = jar;
            if (known == null) {
                known = WorkerJar.unpack(host, found);
                jar = known;
            }
            return known;
        } finally {
            unpacking.unlock();
        }
    }

    @Override
    public Launcher open(LaunchSpec spec, Patience patience) throws StartFailed {
        try {
            var found = machine.now();
            var log = new OutputLog(host.home().folder("output"), "java-" + spec.pool());
            var machines = new JavaMachines(host, spec, found, jar(found), log);
            var opened =
                    Imports.open(
                            spec.pool(),
                            machines::begin,
                            skip -> welcome(spec, skip),
                            patience.ended());
            return spec.kind() == WorkerKind.THREAD
                    ? new HostLauncher(opened.host(), host, opened.welcome())
                    : new JavaLauncher(machines, spec, host, opened, patience);
        } catch (IOException failure) {
            throw new StartFailed("the JVM can't be started: " + failure, failure);
        }
    }

    private Header welcome(LaunchSpec spec, Map<String, String> skip) {
        var welcome = host.welcome(spec, functions, functions.allow());
        welcome.put("skip", skip);
        return Header.of(welcome);
    }
}
