package io.procpool.wire;

/** The other side sent what the protocol does not allow. Its connection can't be used any more. */
public final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    public ProtocolViolation(String message) {
        super(message);
    }
}
