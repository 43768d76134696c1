package io.procpool.worker;

import io.procpool.wire.Frame;
import io.procpool.wire.FrameLimits;
import io.procpool.wire.FrameReader;
import io.procpool.wire.FrameWriter;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import io.procpool.wire.ProtocolViolation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** A connection to the service after its hello, in blocking mode. */
record Link(SocketChannel channel, FrameReader reader, FrameWriter writer) {
    private static final int VERSION = 1;

    /** Connects and says hello. */
    static Link connect(Path socket, String token, String name) throws IOException {
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var link =
                new Link(
                        channel,
                        new FrameReader(channel, FrameLimits.ofBody(0)),
                        new FrameWriter(channel));
        link.send(Frame.of(Kind.HELLO, 0, hello(token, name)));
        return link;
    }

    /** The bytes of a hello, for a connection that is not made by Java. */
    static byte[] helloBytes(String token, String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var writer = new FrameWriter(Channels.newChannel(bytes));
        writer.add(Frame.of(Kind.HELLO, 0, hello(token, name)));
        var _ = writer.flush();
        return bytes.toByteArray();
    }

    private static Header hello(String token, String name) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("versions", List.of(VERSION));
        fields.put("token", token);
        fields.put("channel", name);
        fields.put("pid", ProcessHandle.current().pid());
        fields.put("runtime", "java");
        fields.put(
                "runtime_version",
                Runtime.version().version().stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(".")));
        return Header.of(fields);
    }

    /**
     * Waits for the answer to the hello; frames may be as long as it says from then on.
     *
     * @throws NotWelcome if it is none
     */
    Welcome welcomed() throws IOException, ProtocolViolation {
        var frame = reader.read();
        if (frame == null) {
            throw new NotWelcome("the service closed the connection");
        }
        if (!frame.is(Kind.WELCOME) || frame.header().number("version", 0) != VERSION) {
            throw new NotWelcome("the service answered " + frame.header());
        }
        var welcome = Welcome.of(frame.header());
        reader.limit(FrameLimits.ofBody(welcome.maxBody()));
        return welcome;
    }

    void send(Frame frame) throws IOException {
        writer.add(frame);
        writer.flush();
    }
}
