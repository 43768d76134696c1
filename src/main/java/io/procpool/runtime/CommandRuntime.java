package io.procpool.runtime;

import io.procpool.function.FunctionSettings;
import io.procpool.wire.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Workers in any language: a configured command line whose program speaks the protocol of docs/protocol.md. */
final class CommandRuntime implements Runtime {
    private final WorkerHost host;
    private final FunctionSettings functions;

    CommandRuntime(WorkerHost host, FunctionSettings functions) {
        this.host = host;
        this.functions = functions;
    }

    @Override
    public String name() {
        return "command";
    }

    @Override
    public String description() {
        return "command";
    }

    @Override
    public boolean available() {
        return true; // whether a program is there shows when a pool names it
    }

    @Override
    public List<WorkerKind> kinds() {
        return List.of(WorkerKind.PROCESS);
    }

    /** Nobody knows what its program reads of the functions folder, if anything. */
    @Override
    public boolean isSource(String fileName) {
        return false;
    }

    /** The words of the command line that are files: the program by its path, scripts, archives. */
    @Override
    public String fingerprint(LaunchSpec spec) {
        return spec.command().stream().map(CommandRuntime::state).collect(Collectors.joining());
    }

    private static String state(String word) {
        try {
            var file = Path.of(word);
            return Files.isRegularFile(file)
                    ? word + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + "\n"
                    : "";
        } catch (IOException | InvalidPathException noFile) {
            return "";
        }
    }

    @Override
    public boolean foreign() {
        return true;
    }

    @Override
    public Launcher open(LaunchSpec spec, Patience patience) throws StartFailed {
        try {
            var log = new OutputLog(host.home().folder("output"), "command-" + spec.pool());
            var welcome = Header.of(host.welcome(spec, functions, functions.allow()));
            return CommandLauncher.open(host, spec, welcome, log, patience);
        } catch (IOException failure) {
            throw new StartFailed("the folder for output can't be made: " + failure, failure);
        }
    }
}
