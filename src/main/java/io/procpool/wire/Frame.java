package io.procpool.wire;

import io.procpool.payload.Payload;
import java.util.List;

/**
 * One frame. The header stays bytes until somebody reads it; the body may be several pieces that are sent one after another.
 *
 * @param kind the number on the wire, known or not
 * @param callId unsigned
 */
public record Frame(int kind, long callId, Header header, List<Payload> body) {
    static final int FIXED = 1 + 8 + 4;

    public Frame {
        body = List.copyOf(body);
    }

    public static Frame of(Kind kind, long callId, Header header, Payload... body) {
        return new Frame(kind.number(), callId, header, List.of(body));
    }

    public boolean is(Kind wanted) {
        return kind == wanted.number();
    }

    public long bodySize() {
        return body.stream().mapToLong(Payload::size).sum();
    }

    /** The body of a received frame, which is one piece. */
    public Payload payload() {
        return body.isEmpty() ? Payload.of(new byte[0]) : body.getFirst();
    }
}
