package io.procpool.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.service.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Requests byte for byte, for what HTTP clients would not send. */
final class RawHttp {
    private static final int PATIENCE_MILLIS = 60_000;

    private RawHttp() {}

    /** An answer; the names of its headers in any case. */
    record Answer(int status, Map<String, String> headers, String body) {}

    /**
     * Sends a request and reads what comes until the service closes the connection.
     *
     * @param head request line and headers, a line each, without Connection
     */
    static Answer send(Service service, String head, String body) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            var lines = head.strip().replace("\n", "\r\n") + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(lines.getBytes(ISO_8859_1));
            socket.getOutputStream().write(body.getBytes(UTF_8));
            socket.getOutputStream().flush();
            return answer(socket.getInputStream().readAllBytes());
        }
    }

    private static Answer answer(byte[] bytes) {
        var text = new String(bytes, UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no HTTP answer: " + text);
        }
        var lines = text.substring(0, end).split("\r\n", -1);
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        Arrays.stream(lines)
                .skip(1)
                .map(line -> line.split(": ?", 2))
                .forEach(header -> headers.put(header[0], header[1]));
        return new Answer(
                Integer.parseInt(lines[0].split(" ", -1)[1]), headers, text.substring(end + 4));
    }
}
