package io.procpool.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.procpool.payload.Payload;
import io.procpool.wire.Frame;
import io.procpool.wire.Header;
import io.procpool.wire.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** The service's side of one worker. */
final class Hand implements AutoCloseable {
    private final Peer call;
    private final Peer output;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private long id;

    Hand(Peer call, Peer output) {
        this.call = call;
        this.output = output;
    }

    Peer peer() {
        return call;
    }

    /** The id of the last call. */
    long id() {
        return id;
    }

    void begin(String verb, String func, String body, String errors) {
        id++;
        call.send(
                Frame.of(
                        Kind.CALL,
                        id,
                        Header.of(Map.of("verb", verb, "func", func, "errors", errors)),
                        Payload.ofUtf8(body)));
    }

    void beginApply(String func, String args) {
        begin("apply", func, "{\"args\":" + args + "}", "first");
    }

    /** A call of a function without arguments, as the service numbers it. */
    void beginAs(String func, String job, int task, int attempt) {
        id++;
        var header =
                Map.of("verb", "apply", "func", func, "job", job, "task", task, "attempt", attempt);
        call.send(Frame.of(Kind.CALL, id, Header.of(header), Payload.ofUtf8("{}")));
    }

    Frame answer() {
        var frame = call.read();
        if (frame.callId() != id) {
            throw new AssertionError("an answer to " + frame.callId() + ", not to " + id);
        }
        return frame;
    }

    Frame call(String verb, String func, String body, String errors) {
        begin(verb, func, body, errors);
        return answer();
    }

    Frame apply(String func, String args) {
        beginApply(func, args);
        return answer();
    }

    /** The JSON of the value. */
    String value(String func, String args) {
        return value(apply(func, args));
    }

    static String value(Frame answer) {
        if (!answer.is(Kind.RESULT)) {
            throw new AssertionError("no result: " + answer.header());
        }
        return answer.payload().utf8();
    }

    /** {@code problem: message}. */
    String problem(String func, String args) {
        return problem(apply(func, args));
    }

    static String problem(Frame answer) {
        if (!answer.is(Kind.ERROR)) {
            throw new AssertionError("no error: " + answer.payload().utf8());
        }
        return answer.header().string("problem") + ": " + answer.header().string("message");
    }

    /** What has arrived since the last look. */
    String output() {
        try {
            output.channel().configureBlocking(false);
            printed.writeBytes(rest());
            var piece = ByteBuffer.allocate(1 << 16);
            while (output.channel().read(piece) > 0) {
                printed.write(piece.array(), 0, piece.position());
                piece.clear();
            }
            var text = printed.toString(UTF_8);
            printed.reset();
            return text;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All that comes until the worker has no output any more. */
    String lastOutput() {
        try {
            printed.writeBytes(rest());
            var piece = ByteBuffer.allocate(1 << 16);
            while (output.channel().read(piece) >= 0) {
                printed.write(piece.array(), 0, piece.position());
                piece.clear();
            }
            return printed.toString(UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private byte[] rest() {
        var left = output.reader().leftover();
        var bytes = new byte[left.remaining()];
        left.get(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        call.close();
        output.close();
    }
}
