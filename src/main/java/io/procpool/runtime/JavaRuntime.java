package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.wire.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Java workers: a JVM each, or the threads of one. What runs in it is the room {@code worker}, which the build makes a jar of. */
final class JavaRuntime implements Runtime {
    /** What the names of the allow list begin with that are the JDK's. */
    static final String PLATFORM = "java.";

    private final WorkerHost host;
    private final String command;
    private final FunctionSettings functions;
    private final ReentrantLock finding = new ReentrantLock();
    private @Nullable JavaVirtualMachine machine;
    private @Nullable WorkerJar jar;

    JavaRuntime(WorkerHost host, String command, FunctionSettings functions) {
        this.host = host;
        this.command = command;
        this.functions = functions;
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public String description() {
        try {
            return "java " + machine().version();
        } catch (StartFailed failure) {
            return "java (not found)";
        }
    }

    @Override
    public boolean available() {
        try {
            return !machine().version().isEmpty();
        } catch (StartFailed missing) {
            return false;
        }
    }

    @Override
    public boolean isSource(String fileName) {
        return fileName.endsWith(".jar") || fileName.equals("java.classes");
    }

    private JavaVirtualMachine machine() throws StartFailed {
        finding.lock(); // also over the question: whoever comes meanwhile wants the same answer
        try {
            var known = machine;
            if (known == null) {
                known = JavaVirtualMachine.find(command, host.spawner(), host.home().path());
                machine = known;
            }
            return known;
        } finally {
            finding.unlock();
        }
    }

    private WorkerJar jar(JavaVirtualMachine found) throws IOException {
        finding.lock();
        try {
            var known = jar;
            if (known == null) {
                known = WorkerJar.unpack(host, found);
                jar = known;
            }
            return known;
        } finally {
            finding.unlock();
        }
    }

    @Override
    public Launcher open(LaunchSpec spec) throws StartFailed {
        try {
            var found = machine();
            var log = host.home().folder("output").resolve("java-" + spec.pool() + ".log");
            Files.deleteIfExists(log);
            var welcome = Header.of(host.welcome(spec, functions, functions.allow()));
            var machines = new JavaMachines(host, spec, found, jar(found), welcome, log);
            return spec.kind() == WorkerKind.THREAD
                    ? new HostLauncher(machines.start(spec.startTimeout()), host, welcome)
                    : JavaLauncher.open(machines, spec, host, welcome);
        } catch (IOException failure) {
            throw new StartFailed("the JVM can't be started: " + failure, failure);
        }
    }
}
