package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.payload.Payload;
import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a worker usually does, done once against a little service in this JVM, so that an AOT cache recorded meanwhile holds what is
 * needed for it. It runs a host of threads, which does not end the JVM with its worker.
 */
final class Training {
    private static final String TOKEN = "training";
    private static final List<String> ALLOW =
            List.of("java.lang.Math.*", "java.lang.String.format", "java.util.List.of", "math.*");

    /** Verb, function and body of each call; some fail, as calls do. */
    private static final List<List<String>> CALLS =
            List.of(
                    List.of("initialize", "java.lang.Math.abs", "{\"args\":[1]}"),
                    List.of("apply", "java.lang.Math.max", "{\"args\":[3,7],\"kwds\":{}}"),
                    List.of("apply", "java.lang.Math.max", "{\"args\":[3.5,7]}"),
                    List.of("map", "java.lang.Math.sqrt", "[1,4,9.0]"),
                    List.of("starmap", "java.lang.Math.addExact", "[[1,2],[3000000000,1]]"),
                    List.of(
                            "apply",
                            "java.lang.String.format",
                            "{\"args\":[\"%s %s\",\"ä\",{\"a\":[true,null]}]}"),
                    List.of("apply", "java.util.List.of", "{\"args\":[\"a\",{\"b\":1.5},[2]]}"),
                    List.of("apply", "java.lang.Math.toIntExact", "{\"args\":[3000000000]}"),
                    List.of("apply", "java.lang.Math.max", "{\"args\":[\"a\",{}]}"),
                    List.of("apply", "java.lang.Math.nothing", "{}"));

    private Training() {}

    static void run() throws IOException, ProtocolViolation, InterruptedException {
        var folder = Files.createTempDirectory("procpool");
        var path = folder.resolve("s");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            var host = new Thread(() -> host(path), "host");
            host.setDaemon(true);
            host.start();
            try (var control = Peer.greet(server)) {
                serve(server, control, welcome(folder));
            }
        } finally {
            Files.deleteIfExists(path);
            Files.delete(folder);
        }
    }

    private static void host(Path path) {
        try {
            new Host(path, TOKEN).run();
        } catch (IOException | ProtocolViolation failure) {
            failure.printStackTrace();
            Ending.now(1);
        }
    }

    private static Header welcome(Path folder) {
        return Header.of(
                Map.of(
                        "version",
                        1,
                        "kind",
                        "thread",
                        "functions",
                        Map.of("path", List.of(folder.toString()), "allow", ALLOW)));
    }

    private static void serve(ServerSocketChannel server, Peer control, Header welcome)
            throws IOException, ProtocolViolation {
        control.send(Frame.of(Kind.WELCOME, 0, welcome));
        var _ = control.read();
        control.send(Frame.of(Kind.FORK, 1, Header.of(Map.of("token", TOKEN))));
        var _ = control.read();
        try (var _ = Peer.greet(server);
                var call = Peer.greet(server)) {
            call.send(Frame.of(Kind.WELCOME, 0, welcome));
            long id = 0;
            for (var one : CALLS) {
                id++;
                var header = Header.of(Map.of("verb", one.get(0), "func", one.get(1)));
                var body = Payload.of(one.get(2).getBytes(UTF_8));
                call.send(Frame.of(Kind.CALL, id, header, body));
                var _ = call.read();
            }
            System.out.println("trained");
            call.send(Frame.of(Kind.BYE, 0, Header.EMPTY));
            var _ = control.read();
        }
    }

    /** The service's side of a connection. */
    private record Peer(SocketChannel channel, FrameReader reader, FrameWriter writer)
            implements AutoCloseable {

        static Peer greet(ServerSocketChannel server) throws IOException, ProtocolViolation {
            var channel = server.accept();
            var peer =
                    new Peer(
                            channel,
                            new FrameReader(channel, FrameLimits.ofBody(1 << 20)),
                            new FrameWriter(channel));
            var _ = peer.read();
            return peer;
        }

        void send(Frame frame) throws IOException {
            writer.add(frame);
            var _ = writer.flush();
        }

        Frame read() throws IOException, ProtocolViolation {
            var frame = reader.read();
            if (frame == null) {
                throw new IOException("the rehearsed worker has ended");
            }
            return frame;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
