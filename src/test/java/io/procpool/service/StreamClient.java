package io.procpool.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One request over one socket whose body is sent, and whose answer is read, bit by bit. */
public final class StreamClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int status;
    private Map<String, String> headers;
    private int left;
    private boolean ended;

    private StreamClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new java.io.BufferedInputStream(socket.getInputStream());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Sends a head that says that the body comes in chunks. */
    public static StreamClient post(String url, String path, String... headers) throws IOException {
        return connect(url, "POST " + path, "Transfer-Encoding: chunked", headers);
    }

    /** An imap of JSON lines; {@code head} is the first of them. */
    public static StreamClient imap(String url, String path, String head) throws IOException {
        var client = post(url, path, "Content-Type: application/x-ndjson");
        client.send(head + "\n");
        return client;
    }

    public static StreamClient get(String url, String path, String... headers) throws IOException {
        return connect(url, "GET " + path, "Accept-Language: en", headers);
    }

    private static StreamClient connect(String url, String what, String more, String... headers)
            throws IOException {
        int port = URI.create(url).getPort();
        var client = new StreamClient(new Socket(InetAddress.getLoopbackAddress(), port));
        client.head(what, more, headers);
        return client;
    }

    /** Another request on the same connection, when the answer to the one before has been read. */
    public void again(String what, String... headers) throws IOException {
        this.headers = null;
        ended = false;
        head(what, "Transfer-Encoding: chunked", headers);
    }

    private void head(String what, String more, String... headers) throws IOException {
        var lines =
                new ArrayList<>(
                        List.of(what + " HTTP/1.1", "Host: localhost:" + socket.getPort(), more));
        lines.addAll(List.of(headers));
        raw(String.join("\r\n", lines) + "\r\n\r\n");
    }

    private void raw(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.getOutputStream().flush();
    }

    /** As one chunk. */
    public StreamClient send(String text) throws IOException {
        raw(Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n");
        return this;
    }

    /** The body is whole. */
    public StreamClient end() throws IOException {
        raw("0\r\n\r\n");
        return this;
    }

    /** No more is sent; what comes can still be read. */
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    public int status() throws IOException {
        readHead();
        return status;
    }

    public String header(String name) throws IOException {
        readHead();
        return headers.get(name);
    }

    /** The path of the job. */
    public String result() throws IOException {
        return "/v1/results/" + header("Procpool-Result");
    }

    private void readHead() throws IOException {
        if (headers != null) {
            return;
        }
        status = Integer.parseInt(headLine().split(" ", -1)[1]);
        headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (var header = headLine(); !header.isEmpty(); header = headLine()) {
            var parts = header.split(": ?", 2);
            headers.put(parts[0], parts[1]);
        }
        left = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    }

    private String headLine() throws IOException {
        var text = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended within: " + text.toString(UTF_8));
            }
            text.write(c);
        }
        return text.toString(ISO_8859_1).strip();
    }

    /** The next line of the body as it came, empty ones too; null when the body has ended as HTTP has it. */
    public String line() throws IOException {
        readHead();
        while (true) {
            int c = read();
            if (c < 0) {
                return line.size() == 0 ? null : taken();
            }
            if (c == '\n') {
                return taken();
            }
            line.write(c);
        }
    }

    private String taken() {
        var text = line.toString(UTF_8);
        line.reset();
        return text;
    }

    private int read() throws IOException {
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        left--;
        int c = in.read();
        if (c < 0) {
            throw new EOFException("the connection ended within the body");
        }
        return c;
    }

    private void nextChunk() throws IOException {
        if (headers.containsKey("Content-Length")) {
            ended = true;
            return;
        }
        var length = headLine();
        left = Integer.parseInt(length.isEmpty() ? headLine() : length, 16);
        if (left == 0) {
            headLine();
            ended = true;
        }
    }

    /** The next line that is not empty, as JSON; null at the end. */
    public JsonNode json() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        var text = line();
        while (text != null && text.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("nothing but empty lines");
            }
            text = line();
        }
        return text == null ? null : JSON.readTree(text);
    }

    /** All lines to come that are not empty, as JSON; the last is the summary. */
    public List<JsonNode> all() throws IOException {
        var all = new ArrayList<JsonNode>();
        for (var next = json(); next != null; next = json()) {
            all.add(next);
        }
        return all;
    }

    /** Whether the service has closed the connection; waits for it. */
    public boolean isClosedByService() {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
