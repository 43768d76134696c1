package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.procpool.service.JarOfTheTests;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JVM that runs the real {@code worker.jar}, and the service's side of its connections. */
final class Machine implements AutoCloseable {
    private static final Path JAR = Path.of("target/classes/META-INF/procpool/worker.jar");
    private static final List<String> ALLOW =
            List.of("java.lang.Math.*", "java.lang.Integer.parseInt", "math.*");

    private final Path folder;
    private final ServerSocketChannel server;
    private final Process process;
    private final Peer control;
    private final Map<String, Object> welcome;
    private long requests;

    private Machine(Map<String, Object> settings, List<String> options) throws IOException {
        folder = Files.createTempDirectory("procpool");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
        welcome = new LinkedHashMap<>();
        welcome.put("version", 1);
        welcome.put("pool", "test");
        welcome.put("kind", "process");
        welcome.put(
                "functions",
                Map.of("path", List.of(JarOfTheTests.folder().toString()), "allow", ALLOW));
        welcome.putAll(settings);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ErrorFileToStderr"));
        command.addAll(options);
        command.addAll(List.of("-cp", JAR.toAbsolutePath().toString(), "io.procpool.worker.Main"));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log().toFile())
                        .directory(folder.toFile())
                        .start();
        try (var stdin = process.outputWriter(UTF_8)) {
            stdin.write(
                    Header.of(Map.of("socket", folder.resolve("s").toString(), "token", "control"))
                            + "\n");
        }
        control = Peer.accept(server);
        assertThat(control.hello().string("channel")).isEqualTo("control");
        assertThat(control.hello().string("token")).isEqualTo("control");
        control.send(Frame.of(Kind.WELCOME, 0, Header.of(welcome)));
    }

    /** Of one worker. */
    static Machine alone(String... options) throws IOException {
        return new Machine(Map.of(), List.of(options));
    }

    /** Of many. */
    static Machine threads() throws IOException {
        return new Machine(Map.of("kind", "thread"), List.of());
    }

    static Machine with(Map<String, Object> settings) throws IOException {
        return new Machine(settings, List.of());
    }

    /** Its first word but for the names of what it loads. */
    Frame catalogue() {
        var frame = control.read();
        while (frame.is(Kind.IMPORTING)) {
            frame = control.read();
        }
        assertThat(frame.kind()).isEqualTo(Kind.CATALOGUE.number());
        return frame;
    }

    /** A worker that has been welcomed. */
    Hand fork() throws IOException {
        return fork(Map.of());
    }

    Hand fork(Map<String, Object> settings) throws IOException {
        long request = ++requests;
        var token = "token-" + request;
        control.send(Frame.of(Kind.FORK, request, Header.of(Map.of("token", token))));
        var output = Peer.accept(server);
        assertThat(output.hello().string("channel")).isEqualTo("output");
        assertThat(output.hello().string("token")).isEqualTo(token);
        var call = Peer.accept(server);
        assertThat(call.hello().string("channel")).isEqualTo("call");
        assertThat(call.hello().string("token")).isEqualTo(token);
        var mine = new LinkedHashMap<>(welcome);
        mine.putAll(settings);
        call.send(Frame.of(Kind.WELCOME, 0, Header.of(mine)));
        return new Hand(call, output);
    }

    Peer control() {
        return control;
    }

    Process process() {
        return process;
    }

    /** What the JVM wrote itself. */
    Path log() {
        return folder.resolve("log");
    }

    /** Waits for its end. */
    int exitStatus() {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() throws IOException {
        control.close();
        process.destroyForcibly();
        exitStatus();
        server.close();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
